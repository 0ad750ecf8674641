/** `pumpbench faults`: the catalogue of what can go wrong, or one entry of it with everything that is known. */
import { FAULTS } from '#hil/fault/catalogue'
import { type CatalogueEntry, CONDITIONS } from '#hil/fault/catalogue-entry'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { entryNamed } from '#scripts/faulty'
import { outputProblems, prepareOutputs, writeWhole } from '#scripts/outputs'

export interface FaultsOptions {
  /** Where to write the entries as JSON; `-` for standard output. */
  readonly json?: string
}

const STANDARD_OUTPUT = '-'
const SCHEMA = 'pumpbench/faults@1'

/** Lists every entry, or shows the one of a name. */
export function faults(name: string | undefined, { json }: FaultsOptions): ExitStatus {
  const named = name === undefined ? undefined : entryNamed(name)
  if (named?.ok === false) {
    console.error(named.problem)
    return EXIT.usage
  }
  const entries = named === undefined ? FAULTS : [named.entry]
  if (json !== undefined) return written(json, entries)
  for (const line of entries.map(named === undefined ? lineOf : sheetOf)) console.log(line)
  return EXIT.pass
}

function written(path: string, entries: readonly CatalogueEntry[]): ExitStatus {
  const text = `${JSON.stringify({ schema: SCHEMA, faults: entries.map(plain) }, null, 2)}\n`
  if (path === STANDARD_OUTPUT) {
    process.stdout.write(text)
    return EXIT.pass
  }
  const outputs = [{ option: '--json', path }]
  const wrong = outputProblems(outputs, [])
  const problems = wrong.length > 0 ? wrong : prepareOutputs(outputs)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) return EXIT.usage
  const failure = writeWhole(path, text)
  if (failure === null) return EXIT.pass
  console.error(`--json ${path}: ${failure}`)
  return EXIT.inconclusive
}

/** What of an entry is data. */
function plain({ inject: _, ...said }: CatalogueEntry): Omit<CatalogueEntry, 'inject'> {
  return said
}

function lineOf({ name, group, expected, mechanism }: CatalogueEntry): string {
  return `${name}  ${group}, first noticed by: ${expected}\n  ${mechanism}`
}

function sheetOf(entry: CatalogueEntry): string {
  const { name, group, mechanism, parameters, source, expected, because, otherwise = [], carriedBy } = entry
  const figures = parameters.map(
    ({ name: key, meaning, range, taken }) => `  ${key}: ${meaning}; ${range}; here ${taken}`,
  )
  return [
    `${name}  ${group}`,
    mechanism,
    ...(figures.length === 0 ? [] : ['figures:', ...figures]),
    `known from: ${source}`,
    `first noticed by: ${expected}, for ${because}`,
    ...otherwise.map((other) => `  or by: ${other.expected}, where ${CONDITIONS[other.where]}`),
    `rigs: ${carriedBy.join(', ')}`,
  ].join('\n')
}
