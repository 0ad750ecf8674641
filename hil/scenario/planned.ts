/**
 * What belongs to the scenario language but is not run by this version.
 *
 * A file that uses it is refused by name and never run without it: a scenario whose fault was ignored would pass for the
 * wrong reason.
 */
import type { Path } from '#hil/scenario/sheet'

const ENTRY_KEYS = ['prime', 'bridge', 'patient-bolus']

/** Keys by the map that may hold them; list positions are `*`. */
const KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['limits', 'pump_clock']],
  ['prescription.*', ENTRY_KEYS],
  ['programming.*', ENTRY_KEYS],
])

/** Values by the last key of their path. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ['mode', ['flex', 'periodic-bolus']],
  ['do', ['request-bolus', 'set-clock']],
  ['flow', ['dispersive']],
])

/** The message for a feature that is not run. */
export function notRun(feature: string): string {
  return `${feature} is in the scenario language but this version of pumpbench does not run it yet`
}

/** The message when the key at the path is planned; `path` is that of the map that holds it. */
export function plannedKey(path: Path, key: string): string | undefined {
  const place = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.')
  return KEYS.get(place)?.includes(key) === true ? notRun(key) : undefined
}

/** The message when the value at the path is planned. */
export function plannedValue(path: Path, value: unknown): string | undefined {
  const key = String(path.at(-1))
  return typeof value === 'string' && VALUES.get(key)?.includes(value) === true ? notRun(`${key}: ${value}`) : undefined
}

/** The message when a pump model is given as a file. */
export function plannedModel(model: string): string | undefined {
  return /[/\\]|\.ya?ml$/.test(model) ? notRun('a pump model in a file of its own') : undefined
}
