/** What the commands of the command line are defined on, and what several of them say. */
import { type Command, CommanderError } from 'commander'
import { EXIT, type ExitStatus } from '#scripts/exit'

export interface CommandLine {
  /** All of it. */
  readonly command: Command
  /** A command to define. */
  readonly sub: (usage: string, description: string) => Command
  /** Told the exit status of the command that was called. */
  readonly end: (status: ExitStatus) => void
}

export const STATUSES = `
Exit status:
  0  every verdict is pass
  1  some verdict is fail, or a check that passed in the baseline no longer does
  2  invalid input or usage; nothing ran
  3  some verdict is inconclusive, the rig failed, a record could not be kept, or a scenario was skipped
     (unless --allow-skipped, and another one was run)
  130  interrupted`

/** The command line as pumpbench.yaml of this folder completes it. Where that is wrong it is said, and the command ends. */
export async function inBench<Options extends { readonly rig?: string }>(
  command: Command,
  paths: readonly string[],
  options: Options,
): Promise<{ readonly paths: readonly string[]; readonly options: Options }> {
  const { completed } = await import('#scripts/bench-file')
  const given = completed(paths, options)
  if ('problems' in given) {
    for (const problem of given.problems) console.error(problem)
    throw new CommanderError(EXIT.usage, 'pumpbench.benchFile', 'pumpbench.yaml is wrong')
  }
  if (given.paths.length === 0) {
    command.error("error: missing required argument 'paths'", { code: 'commander.missingArgument', exitCode: 1 })
  }
  return given
}
