/**
 * The command line of `pumpbench`: what there is to call, with what options, and what exit status follows.
 *
 * Only the command that is called is loaded, so that help and mistakes answer at once.
 */
import { debuglog } from 'node:util'
import { Command, CommanderError } from 'commander'
import {
  defineFaults,
  defineList,
  defineReplay,
  defineSchema,
  defineValidate,
  defineVerify,
} from '#scripts/command-line/files'
import {
  defineBalance,
  defineCalibrate,
  defineFlash,
  defineMonitor,
  definePorts,
  defineRig,
  defineServe,
} from '#scripts/command-line/instruments'
import { type CommandLine, STATUSES } from '#scripts/command-line/line'
import { defineCompare, defineExplore, defineMatrix, defineRun } from '#scripts/command-line/runs'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { version } from '#scripts/version'

/** In the order in which help lists them. */
const DEFINITIONS: readonly ((line: CommandLine) => void)[] = [
  defineRun,
  defineExplore,
  defineMatrix,
  defineCompare,
  defineCalibrate,
  defineRig,
  defineServe,
  defineMonitor,
  definePorts,
  defineFlash,
  defineBalance,
  defineValidate,
  defineList,
  defineFaults,
  defineSchema,
  defineVerify,
  defineReplay,
]

/** The commands; `end` is told the exit status of the one that is called. */
function program(end: (status: ExitStatus) => void): Command {
  const command = new Command('pumpbench')
    .description(
      'Runs an implantable drug pump against a rig and proves whether what was delivered is what was prescribed.',
    )
    .version(version, '-V, --version')
    .addHelpText('after', STATUSES)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands and their options)')
    .enablePositionalOptions()
  const sub = (usage: string, description: string) => command.command(usage).description(description).exitOverride()
  for (const define of DEFINITIONS) define({ command, sub, end })
  return command
}

/** A defect of pumpbench itself says nothing of the pump: it is neither a pass nor a failed verdict. */
function explain(error: unknown): void {
  console.error(`internal error: ${error instanceof Error ? error.message : String(error)}`)
  console.error('This is a defect of pumpbench; NODE_DEBUG=pumpbench shows where.')
  debuglog('pumpbench')('%O', error)
}

/** Carries out a command, given as its words; answers with the exit status. Never throws. */
export async function commandLine(words: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.pass
  try {
    const commands = program((ended) => {
      status = ended
    })
    await commands.parseAsync(words, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage
    explain(error)
    return EXIT.inconclusive
  }
}
