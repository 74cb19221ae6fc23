/** One thing the shop sells. */
export interface Keepsake {
  readonly slug: string
  readonly name: string
  readonly about: string
  /** In whole euros. */
  readonly price: number
}

export const catalogue: readonly Keepsake[] = [
  { slug: 'music-box', name: 'Music box', price: 46, about: 'Eighteen notes of a waltz, wound by hand.' },
  { slug: 'locket', name: 'Oval locket', price: 38, about: 'Room for two faces, or for one secret.' },
  {
    slug: 'pressed-flower',
    name: 'Pressed daisy',
    price: 24,
    about: 'Picked in June, kept on cotton paper.',
  },
  { slug: 'postcards', name: 'Six postcards', price: 9, about: 'Views of a coast that nobody has named.' },
  { slug: 'brass-key', name: 'Brass key', price: 12, about: 'Opens nothing we know of. Yet.' },
  { slug: 'sealing-wax', name: 'Sealing wax', price: 14, about: 'One stick, for letters nobody else reads.' },
  { slug: 'hourglass', name: 'Hourglass', price: 19, about: 'Four minutes exactly, the time tea takes.' },
  { slug: 'compass', name: 'Pocket compass', price: 32, about: 'Points north, and home on request.' },
]

export function find(slug: unknown): Keepsake | undefined {
  return catalogue.find((keepsake) => keepsake.slug === slug)
}

/** One line of a cart: a keepsake and how many of it. */
export interface Line {
  readonly keepsake: Keepsake
  readonly quantity: number
}

/** The cart holds one slug for each piece; the page shows one line for each keepsake. */
export function lines(cart: readonly string[]): Line[] {
  const quantity = (slug: string): number => cart.filter((piece) => piece === slug).length
  return catalogue
    .map((keepsake) => ({ keepsake, quantity: quantity(keepsake.slug) }))
    .filter((line) => line.quantity > 0)
}

export function total(cart: readonly Line[]): number {
  return cart.reduce((sum, { keepsake, quantity }) => sum + keepsake.price * quantity, 0)
}

export function euros(amount: number): string {
  return `€${amount}`
}
