/** What the last runs found, from Stryker's reports: a row for each file, and every mutant that no test noticed. */
import { existsSync, readFileSync } from 'node:fs'
import type { MutationGroup } from '#scripts/mutation/groups'

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

/** The table and the survivors of the groups that were run, in Markdown. */
export function scores(groups: readonly MutationGroup[]): string {
  const files = groups.flatMap(({ name }) => Object.entries(reportOf(name)?.files ?? {}))
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

function reportOf(group: string): Report | null {
  const path = `.mutation/${group}.report.json`
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : null
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
