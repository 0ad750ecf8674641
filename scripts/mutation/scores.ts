/** What the last runs found, from Stryker's reports: a row for each file, and every mutant that no test noticed. */
import { readFileSync } from 'node:fs'

interface Mutant {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored' | 'RuntimeError' | 'CompileError'
  readonly mutatorName: string
  readonly replacement?: string
  readonly location: { readonly start: Place; readonly end: Place }
}

interface Place {
  readonly line: number
  readonly column: number
}

interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>
}

const REPORT = '.mutation/report.json'

/** The table and the survivors of all files that were ever run, or of those whose names begin like this, in Markdown. */
export function scores(beginnings: readonly string[]): string {
  const { files: known } = JSON.parse(readFileSync(REPORT, 'utf8')) as Report
  const files = Object.entries(known)
    .filter(([file]) => beginnings.length === 0 || beginnings.some((beginning) => file.startsWith(beginning)))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const rows = files.map(([file, { mutants }]) => rowOf(`\`${file}\``, mutants))
  const total = rowOf(
    '**all of these**',
    files.flatMap(([, { mutants }]) => mutants),
  )
  const survivors = files.flatMap(([file, { source, mutants }]) =>
    mutants.filter(survived).map((mutant) => `${file}:${mutant.location.start.line} ${changeOf(source, mutant)}`),
  )
  const head = [
    '| file | mutants | detected | of them by time | survived | score |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
  ]
  return [...head, ...rows, total, '', ...survivors].join('\n')
}

function survived({ status }: Mutant): boolean {
  return status === 'Survived' || status === 'NoCoverage'
}

function rowOf(name: string, mutants: readonly Mutant[]): string {
  const count = (...statuses: readonly Mutant['status'][]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length
  const [detected, late, left] = [count('Killed', 'Timeout'), count('Timeout'), count('Survived', 'NoCoverage')]
  const score = detected + left === 0 ? '-' : `${((100 * detected) / (detected + left)).toFixed(1)} %`
  return `| ${name} | ${detected + left} | ${detected} | ${late} | ${left} | ${score} |`
}

/** What stood there and what stands there instead, each on one line. */
function changeOf(source: string, { mutatorName, replacement = '', location }: Mutant): string {
  const lines = source.split('\n').slice(location.start.line - 1, location.end.line)
  const cut = lines.map((line, index) => {
    const from = index === 0 ? location.start.column - 1 : 0
    return line.slice(from, index === lines.length - 1 ? location.end.column - 1 : undefined)
  })
  const short = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, 110)
  return `${mutatorName}: ${short(cut.join(' '))} -> ${short(replacement)}`
}
