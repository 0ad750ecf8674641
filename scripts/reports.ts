/** The reports of a result, to where the command line wants them. */
import type { RunCurves } from '#hil/report/curves/run-curves'
import { type ReportFormat, render } from '#hil/report/render'
import type { Result } from '#hil/run/result'
import { type OutputRequest, writeWhole } from '#scripts/outputs'

export interface ReportOptions {
  readonly json?: string
  readonly junit?: string
  readonly html?: string
  readonly quiet?: boolean
}

/** What can go to a file: the option, the form, and what a line on the terminal calls it. */
interface ReportFile {
  readonly option: 'json' | 'junit' | 'html'
  readonly format: ReportFormat
  readonly label: string
}

const REPORT_FILES: readonly ReportFile[] = [
  { option: 'json', format: 'json', label: 'result' },
  { option: 'junit', format: 'junit', label: 'junit' },
  { option: 'html', format: 'html', label: 'report' },
]

const STANDARD_OUTPUT = '-'

/** The files the options ask for. */
export function reportFiles(options: ReportOptions): OutputRequest[] {
  return wanted(options).map(({ option, path }) => ({ option: `--${option}`, path }))
}

/**
 * Writes every report asked for, and prints the table for people unless `quiet`. Returns one line for each report that
 * could not be written; the others are. `curves` are what the page draws its runs from. Everything is rendered first: a result that cannot be is not half reported.
 */
export function writeReports(result: Result, options: ReportOptions, curves: readonly RunCurves[]): string[] {
  const toStandardOutput = options.json === STANDARD_OUTPUT
  const quiet = options.quiet === true
  const people = toStandardOutput ? process.stderr : process.stdout
  const color = people.isTTY && process.env['NO_COLOR'] === undefined
  const table = quiet ? '' : render(result, 'terminal', { color, width: Math.max(60, people.columns ?? 100) })
  const json = toStandardOutput ? render(result, 'json') : ''
  const files = wanted(options).map((file) => ({ ...file, text: render(result, file.format, { curves }) }))

  people.write(table)
  process.stdout.write(json)
  return files.flatMap(({ option, label, path, text }) => {
    const problem = writeWhole(path, text)
    if (problem !== null) return [`--${option} ${path}: ${problem}`]
    if (!quiet && !toStandardOutput) process.stdout.write(`${label}: ${path}\n`)
    return []
  })
}

function wanted(options: ReportOptions): (ReportFile & { readonly path: string })[] {
  return REPORT_FILES.flatMap((file) => {
    const path = options[file.option]
    return path === undefined || (file.option === 'json' && path === STANDARD_OUTPUT) ? [] : [{ ...file, path }]
  })
}
