#!/usr/bin/env node
/**
 * The `pumpbench` command: what there is to call, with what options, and what exit status follows.
 *
 * Only the command that is called is loaded, so that help and mistakes answer at once.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT } from '#scripts/exit'
import { version } from '#scripts/version'

const LARGEST_SEED = 2 ** 32 - 1

function seed(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > LARGEST_SEED) {
    throw new InvalidArgumentError(`a seed is a whole number from 0 to ${LARGEST_SEED}.`)
  }
  return value
}

function speed(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0) throw new InvalidArgumentError('a speed is a number above zero.')
  return value
}

const STATUSES = `
Exit status:
  0  every verdict is pass
  1  some verdict is fail
  2  invalid input or usage; nothing ran
  3  some verdict is inconclusive, or the rig failed
  130  interrupted`

function program(): Command {
  const command = new Command('pumpbench')
    .description('Runs an implantable drug pump against a rig and proves whether what was delivered is what was prescribed.')
    .version(version, '-V, --version')
    .addHelpText('after', STATUSES)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands and their options)')
    .enablePositionalOptions()
  const sub = (usage: string, description: string) => command.command(usage).description(description).exitOverride()

  sub('run <paths...>', 'run scenario files, or every scenario of a folder, and judge them')
    .option('--rig <rig>', 'what turns the motor: ideal', 'ideal')
    .option('--pump <pump>', 'the firmware under test: model', 'model')
    .option('--seed <n>', 'take the place of every file’s seed', seed)
    .option('--speed <x>', 'scale the therapy; for rigs on the clock on the wall only', speed)
    .option('--json <file>', 'write the result as JSON; - for standard output')
    .option('--html <file>', 'write the report as one HTML page')
    .option('--trace <file>', 'write the trace as NDJSON while it runs; a folder for several scenarios')
    .option('--quiet', 'print nothing but mistakes')
    .addHelpText('after', STATUSES)
    .action(async (paths: string[], options: Record<string, never>) => {
      const { run } = await import('#scripts/commands/run')
      process.exitCode = await run(paths, options)
    })
  sub('validate <paths...>', 'read scenario files and say what is wrong with them, and what the pump would refuse').action(
    async (paths: string[]) => {
      const { validate } = await import('#scripts/commands/validate')
      process.exitCode = validate(paths)
    },
  )
  sub('list', 'list the scenarios that come with pumpbench').action(async () => {
    const { list } = await import('#scripts/commands/list')
    process.exitCode = list()
  })
  sub('schema [what]', 'print the JSON Schema of a scenario file (default) or of a result').action(
    async (what: string | undefined) => {
      const { schema } = await import('#scripts/commands/schema')
      process.exitCode = schema(what ?? 'scenario')
    },
  )
  sub('replay <trace>', 'judge a stored trace again')
    .option('--json <file>', 'write the result as JSON; - for standard output')
    .option('--html <file>', 'write the report as one HTML page')
    .option('--quiet', 'print nothing but mistakes')
    .action(async (trace: string, options: Record<string, never>) => {
      const { replay } = await import('#scripts/commands/replay')
      process.exitCode = replay(trace, options)
    })
  return command
}

/** A reader that stops reading, such as `head`, ends the command quietly. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.pass)
    throw error
  })
}

try {
  await program().parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? EXIT.pass : EXIT.usage
}
