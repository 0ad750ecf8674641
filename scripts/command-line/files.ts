/** The commands that read: scenarios, the catalogue of faults, schemas, records and traces. */
import { type CommandLine, inBench } from '#scripts/command-line/line'
import { tags, withViews } from '#scripts/command-line/values'

/** Defines `validate`. */
export function defineValidate({ command, sub, end }: CommandLine): void {
  sub(
    'validate [paths...]',
    'read scenario files and say what is wrong with them, and what the pump would refuse',
  ).action(async (paths: string[]) => {
    const given = await inBench(command, paths, {})
    const { validate } = await import('#scripts/commands/validate')
    end(validate(given.paths))
  })
}

/** Defines `list`. */
export function defineList({ sub, end }: CommandLine): void {
  sub('list', 'list the scenarios that come with pumpbench')
    .option('--tag <tag>', 'list only scenarios with this tag; again for those with another one too', tags)
    .action(async (options: Record<string, never>) => {
      const { list } = await import('#scripts/commands/list')
      end(list(options))
    })
}

/** Defines `faults`. */
export function defineFaults({ sub, end }: CommandLine): void {
  sub('faults [name]', 'list what can go wrong, with where that is known from and who should notice; or show one fault')
    .option('--json <file>', 'write the entries as JSON; - for standard output')
    .action(async (name: string | undefined, options: { readonly json?: string }) => {
      const { faults } = await import('#scripts/commands/faults')
      end(faults(name, options))
    })
}

/** Defines `schema`. */
export function defineSchema({ sub, end }: CommandLine): void {
  sub(
    'schema [what]',
    'print the JSON Schema of a scenario file (default), a rig file, a result, a matrix, a line of a trace, a manifest or pumpbench.yaml (bench)',
  ).action(async (what: string | undefined) => {
    const { schema } = await import('#scripts/commands/schema')
    end(schema(what ?? 'scenario'))
  })
}

/** Defines `verify`. */
export function defineVerify({ sub, end }: CommandLine): void {
  sub('verify <record>', 'check a record: every file by its digest, every verdict by its trace').action(
    async (record: string) => {
      const { verify } = await import('#scripts/commands/verify')
      end(verify(record))
    },
  )
}

/** Defines `replay`. */
export function defineReplay({ sub, end }: CommandLine): void {
  const replaying = sub('replay <trace>', 'judge a stored trace again')
    .option('--json <file>', 'write the result as JSON; - for standard output')
    .option('--junit <file>', 'write the verdicts as JUnit XML')
    .option('--html <file>', 'write the report as one HTML page')
  withViews(replaying, '')
    .option('--quiet', 'print nothing but mistakes')
    .action(async (trace: string, options: Record<string, never>) => {
      const { replay } = await import('#scripts/commands/replay')
      end(replay(trace, options))
    })
}
