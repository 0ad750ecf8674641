/** The one command that does a single job of a campaign again, for a shell. */
import type { PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition } from '#hil/rig/rig'
import type { ScenarioFile } from '#scripts/scenario-files'

/** What a job was done with. */
export interface Circumstances {
  readonly pump: Pick<PumpDefinition, 'name'>
  readonly rig: Pick<RigDefinition, 'name'>
  /** The seed that took the place of the file's; undefined where the file's own holds. */
  readonly seed?: number | undefined
  /** What else stood on the command line and changes an outcome. */
  readonly options?: readonly string[]
}

/** `pumpbench run FILE --rig R ...`: the run of one scenario, with further options such as `--fault NAME`. */
export function aloneCommand({ file }: Pick<ScenarioFile, 'file'>, circumstances: Circumstances): string {
  const { pump, rig, seed, options = [] } = circumstances
  const parts = ['pumpbench', 'run', file, ...options, '--rig', rig.name]
  if (pump.name !== 'model') parts.push('--pump', pump.name)
  if (seed !== undefined) parts.push('--seed', String(seed))
  return parts.map(quotedForShell).join(' ')
}

/** A word as a POSIX shell takes it: as it is where nothing in it means anything there, else between single quotes. */
export function quotedForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
