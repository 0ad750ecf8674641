/**
 * docs/CASES.md: prose by hand, with the tables in it renewed from the scenarios of the case reports and from their runs, and
 * the pictures of ledgers beside it.
 */
import { modelPump } from '#hil/pump/model'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { instant, NONE } from '#hil/report/figure'
import { ledgerPicture } from '#hil/report/ledger-picture'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RunResult } from '#hil/run/result'
import type { Scenario } from '#hil/scenario/types'
import { libraryFolder } from '#scripts/library'
import { markdownTable, withPart } from '#scripts/markdown'
import { readScenarios } from '#scripts/scenario-files'
import { duration } from '#units/format'

/** The folder of each report, in the order of the page. */
const REPORTS = [
  '000-pediatric-high-dose',
  '001-simple-continuous',
  '002-tolerance',
  '003-withdrawal',
  '004-weaning',
] as const

/** The report whose runs are compared by what alarmed, when, and how much drug was missed. */
const COMPARED = '003-withdrawal'

/** The runs whose ledgers are drawn: where they part, or where they do not though the patient is harmed. */
const PICTURED: readonly string[] = [
  '000-pediatric-high-dose/up-titration-heeded',
  '001-simple-continuous/half-year-without-refill',
  '002-tolerance/residual-right-catheter-broken',
  '002-tolerance/morphine-after-baclofen',
  '003-withdrawal/stopped-by-error',
  '003-withdrawal/catheter-kinked',
  '004-weaning/50-percent-on-the-bench',
]

interface Case {
  /** From `scenarios/papers` on, without the ending: `003-withdrawal/stopped-by-error`. */
  readonly place: string
  readonly scenario: Scenario
}

/** Every scenario of the case reports, in order of folder and name. Throws if one cannot be read. */
function cases(): readonly Case[] {
  const folder = `${libraryFolder}/papers`
  const { scenarios, problems } = readScenarios([folder])
  const [problem] = problems
  if (problem !== undefined) throw new Error(`${problem.file}: ${problem.message}`)
  return scenarios.map(({ file, scenario }) => ({
    place: file.slice(folder.length + 1).replace(/\.yaml$/, ''),
    scenario,
  }))
}

/** The pictures, with their paths from the root of the repository. */
export async function casePictures(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const all = cases()
  const pictures = []
  for (const place of PICTURED) {
    const one = all.find((other) => other.place === place)
    if (one === undefined) throw new Error(`${place} is to be drawn and is not in the library`)
    const trace = await execute(one.scenario, modelPump, idealRig)
    const text = ledgerPicture(judge(trace, { file: place, wall_s: 0 }), curvesOf(trace))
    pictures.push({ path: `docs/pictures/cases/${one.scenario.name}.svg`, text })
  }
  return pictures
}

/** The page with its tables renewed. Throws if the markers between which one stands are gone. */
export async function casesPage(page: string): Promise<string> {
  const all = cases()
  let text = page
  for (const report of REPORTS) {
    const mine = all.filter(({ place }) => place.startsWith(`${report}/`))
    text = withPart(text, report, report === COMPARED ? await comparison(mine) : listing(mine))
  }
  return text
}

function listing(mine: readonly Case[]): string {
  const rows = mine.map((one) => [link(one), storyOf(one.scenario), lasts(one.scenario)])
  return markdownTable(['scenario', 'what it shows', 'lasts'], rows)
}

async function comparison(mine: readonly Case[]): Promise<string> {
  const rows: string[][] = []
  for (const one of mine) {
    const trace = await execute(one.scenario, modelPump, idealRig)
    const result = judge(trace, { file: one.place, wall_s: 0 })
    const [drug] = result.analysis.drugs ?? []
    rows.push([link(one), storyOf(one.scenario), alarmsOf(result), wholly(drug?.under_ug), wholly(drug?.over_ug)])
  }
  return markdownTable(['scenario', 'what it shows', 'alarms, and when', 'missed, ug', 'too much, ug'], rows)
}

/** A whole number: a motor step more or less is no matter here. */
function wholly(amount_ug: number | undefined): string {
  return amount_ug === undefined ? NONE : `${Math.round(amount_ug)}`
}

/** What sounded, and what only somebody who reads the log would see, in order of time. */
function alarmsOf({ alarms, events }: RunResult): string {
  const said = [
    ...events
      .filter(({ event }) => event === 'stopped-warning')
      .map(({ t_s }) => ({ t_s, what: 'stopped, in the log alone' })),
    ...alarms.map(({ alarm, raised_s }) => ({ t_s: raised_s, what: alarm })),
  ]
  if (said.length === 0) return 'none'
  const inOrder = said.toSorted((a, b) => a.t_s - b.t_s)
  return inOrder.map(({ what, t_s }) => `${what} at ${instant(t_s)}`).join('; ')
}

function link({ place, scenario }: Case): string {
  return `[${scenario.name}](../scenarios/papers/${place}.yaml)`
}

/** The first paragraph of the comment above a scenario, which says in a sentence what it shows. */
/** The words with which the file of a scenario begins, up to its first empty line. Throws if it begins otherwise. */
export function storyOf({ name, origin }: Scenario): string {
  const [story] = /^# .+(?:\n# .+)*/.exec(origin.text) ?? []
  if (story === undefined) throw new Error(`${name} does not begin with a sentence of what it shows`)
  return story.replaceAll(/(?:^|\n)# /g, ' ').trim()
}

function lasts({ duration_us }: Scenario): string {
  return duration(duration_us)
}
