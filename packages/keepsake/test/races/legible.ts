import type { AtRest, Contents } from '../../src/core/at-rest.ts'
import { encryptAtRest } from '../../src/encrypt-at-rest.ts'

const boxes = new Map<string, Contents>()

/** Encryption at rest that the judge can look through: it notes what it has put into its boxes. */
export function legible(): AtRest {
  const { open, close } = encryptAtRest()
  return {
    open,
    close: async (ring, draft, ...rest) => {
      const kept = await close(ring, draft, ...rest)
      if (kept) boxes.set(kept.closed.box, { data: draft.data, flash: draft.flash })
      return kept
    },
  }
}

/** What is in a box that {@link legible} has closed. */
export function contentsOf(box: string): Contents {
  const contents = boxes.get(box)
  if (!contents) throw new Error('A record has contents that nobody wrote.')
  return contents
}
