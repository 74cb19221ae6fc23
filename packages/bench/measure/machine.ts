import { cpus } from 'node:os'

/** Where and when something was measured. */
export function machine(): { measured: string; node: string; processor: string } {
  const [processor] = cpus()
  return {
    measured: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    processor: `${cpus().length} × ${processor?.model ?? 'unknown'}`,
  }
}
