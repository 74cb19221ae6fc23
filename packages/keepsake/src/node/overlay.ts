/** Covers properties of an object with others; the function it returns uncovers them. */
export function overlay(target: object, properties: PropertyDescriptorMap): () => void {
  const undo = Object.entries(properties).map(([name, property]) => {
    const before = Object.getOwnPropertyDescriptor(target, name)
    Object.defineProperty(target, name, { ...property, configurable: true })
    return () => {
      if (before) Object.defineProperty(target, name, before)
      else Reflect.deleteProperty(target, name)
    }
  })
  return () => {
    for (const step of undo) step()
  }
}
