/**
 * What belongs to the scenario language but is not run by this version.
 *
 * A file that uses it is refused by name and never run without it: a scenario half of which was ignored would pass for the
 * wrong reason.
 */
import type { Path } from '#hil/scenario/sheet'

/** Values by the last key of their path. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([['flow', ['dispersive']]])

/** The message when the value at the path is planned. */
export function plannedValue(path: Path, value: unknown): string | undefined {
  const key = String(path.at(-1))
  if (typeof value !== 'string' || VALUES.get(key)?.includes(value) !== true) return undefined
  return `${key}: ${value} is in the scenario language but this version of pumpbench does not run it yet`
}
