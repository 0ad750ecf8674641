/**
 * `pumpbench.yaml` of the working folder: the names of its rigs, where its scenarios are and which requirements they answer to.
 *
 * It says once what would otherwise stand on every command line; what stands on a command line goes before it.
 */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { Findings } from '#hil/scenario/findings'
import { type Problem, problemText } from '#hil/scenario/problem'
import { readSheet } from '#hil/scenario/sheet'
import { read, unknownKeys, valueIn } from '#hil/scenario/structure'
import { found, quoted } from '#hil/scenario/wording'
import { readText } from '#scripts/scenario-files'

/** Where it is looked for; nowhere else. */
export const BENCH_FILE = 'pumpbench.yaml'

/** What the file says; everything may be left out. */
export interface BenchFile {
  /** Rigs by their names. */
  readonly rigs: ReadonlyMap<string, string>
  /** Files and folders that are run when a command line names none. */
  readonly scenarios: readonly string[]
  readonly requirements: string | undefined
}

export type ParsedBench =
  | { readonly ok: true; readonly bench: BenchFile }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const LANGUAGE = 'pumpbench/bench@1'
const OPENING = `${BENCH_FILE} begins with "schema: ${LANGUAGE}"`
const KEYS = ['schema', 'rigs', 'scenarios', 'requirements']
const MOST_RIGS = 100
const MOST_ROOTS = 100
const LONGEST_PATH = 1000

const schemaSchema = z.literal(LANGUAGE, {
  error: ({ input }) =>
    typeof input === 'string'
      ? `${quoted(input)} is not a version this reader knows; write schema: ${LANGUAGE}`
      : undefined,
})

const pathSchema = z
  .string()
  .min(1, { error: 'a path is not empty' })
  .max(LONGEST_PATH, { error: `a path is at most ${LONGEST_PATH} characters` })
  .meta({ examples: ['scenarios'] })

/** A name of its own, which no rig of this program and no place has. */
const NAME = /^(?!(?:avr|ideal)$)[A-Za-z][\w.-]{0,39}$/
const PLACE = /^(?:avr|ideal|serial:.+|tcp:.+:\d{1,5})$/

const rigSchema = z
  .string()
  .regex(PLACE, {
    error: 'a rig is avr, ideal, serial:PATH, serial:usb:VID:PID, serial:usb:VID:PID:SERIAL or tcp:HOST:PORT',
  })
  .max(LONGEST_PATH, { error: `a rig is at most ${LONGEST_PATH} characters` })
  .meta({ examples: ['serial:usb:2341:0043'] })

const rigsSchema = z.record(z.string(), rigSchema)

const scenariosSchema = z
  .array(pathSchema)
  .min(1, { error: 'no place is listed; write one, or leave the key out' })
  .max(MOST_ROOTS, { error: `at most ${MOST_ROOTS} places are listed` })

/** The JSON Schema of the file, for editors. */
export function benchJsonSchema(): Record<string, unknown> {
  const schema = z.strictObject({
    schema: schemaSchema,
    rigs: rigsSchema.optional(),
    scenarios: scenariosSchema.optional(),
    requirements: pathSchema.optional(),
  })
  return z.toJSONSchema(schema, { io: 'input' })
}

/** Reads the text of the file. `file` is only quoted in problems. Never throws on account of the text. */
export function parseBenchFile(text: string, file: string): ParsedBench {
  const findings = new Findings(readSheet(text, OPENING))
  const bench = findings.sheet.root === undefined ? NOTHING : readAll(findings)
  if (findings.count > 0) return { ok: false, problems: findings.problems(file, text) }
  return { ok: true, bench }
}

const NOTHING: BenchFile = { rigs: new Map(), scenarios: [], requirements: undefined }

function readAll(findings: Findings): BenchFile {
  const { root } = findings.sheet
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    findings.add([], `${OPENING}, found ${found(root)}`)
    return NOTHING
  }
  unknownKeys(
    findings,
    [],
    Object.keys(root).filter((key) => !KEYS.includes(key)),
    KEYS,
  )
  read(findings, ['schema'], schemaSchema)
  const has = (key: string) => valueIn(root, [key]) !== undefined
  const rigs = has('rigs') ? (read(findings, ['rigs'], rigsSchema) ?? {}) : {}
  const names = Object.keys(rigs)
  if (names.length > MOST_RIGS) findings.add(['rigs'], `at most ${MOST_RIGS} rigs are named`)
  for (const name of names) {
    if (NAME.test(name)) continue
    findings.addAtKey(
      ['rigs', name],
      `${quoted(name)} is no name for a rig: a letter, then letters, digits and . _ -, at most 40, and not avr or ideal`,
    )
  }
  return {
    rigs: new Map(Object.entries(rigs)),
    scenarios: has('scenarios') ? (read(findings, ['scenarios'], scenariosSchema) ?? []) : [],
    requirements: has('requirements') ? read(findings, ['requirements'], pathSchema) : undefined,
  }
}

/** The file of the working folder, empty where there is none, or what is wrong with it. */
export function benchInUse(): { readonly bench: BenchFile } | { readonly problems: readonly string[] } {
  if (!existsSync(BENCH_FILE)) return { bench: NOTHING }
  const content = readText(BENCH_FILE)
  if ('problem' in content) {
    return { problems: [problemText({ file: BENCH_FILE, line: 1, column: 1, message: content.problem })] }
  }
  const parsed = parseBenchFile(content.text, BENCH_FILE)
  return parsed.ok ? { bench: parsed.bench } : { problems: parsed.problems.map(problemText) }
}

/** A command line as the bench file completes it. */
export type Completed<Options> =
  | { readonly paths: readonly string[]; readonly options: Options }
  | { readonly problems: readonly string[] }

/** Puts the rig's place for its name, and the scenarios of the bench where no paths were given. */
export function completed<Options extends { readonly rig?: string }>(
  paths: readonly string[],
  options: Options,
): Completed<Options> {
  const found = benchInUse()
  if ('problems' in found) return found
  const { rigs, scenarios } = found.bench
  const rig = options.rig === undefined ? undefined : rigs.get(options.rig)
  return {
    paths: paths.length === 0 ? scenarios : paths,
    options: rig === undefined ? options : { ...options, rig },
  }
}
