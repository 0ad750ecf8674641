/** What an exploration says: its report, and the commands that show again what it found. */
import { join } from 'node:path'
import { type Exploration, type Found, SITE_DAYS, type SiteCount } from '#hil/explore/campaign'
import { LINE_MISHAPS } from '#hil/explore/mishaps'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { plain } from '#hil/report/plain'
import { textTable } from '#hil/report/text-table'
import { INVARIANT_NAMES } from '#hil/scenario/invariant-names'
import { quotedForShell } from '#scripts/campaign/alone'
import type { OtherPump } from '#scripts/explore-seed'

/** Where what is found goes. */
export const USUAL_FOLDER = 'report/explore'
/** What is explored, and how. */
export interface ExplorationPlan {
  readonly from: number
  /** Undefined where time alone ends it. */
  readonly seeds: number | undefined
  readonly for_s: number | undefined
  readonly days: number
  readonly jobs: number
  readonly rig: string
  /** The pump where it is not ours. */
  readonly other: OtherPump | null
  /** Of those that the rig can carry, the ones that are drawn. */
  readonly groups: readonly FaultGroup[]
  readonly carried: readonly FaultGroup[]
  readonly out: string
  readonly json: string | undefined
}

/** Where a violation is written. */
export function fileOf({ out }: ExplorationPlan, seed: number): string {
  return join(out, `explored-${seed}.yaml`)
}

/** The command that explores from a seed on as this one did. */
export function command(
  { seeds, for_s, days, rig, other, groups, carried, out }: Omit<ExplorationPlan, 'from' | 'json' | 'jobs'>,
  from: number,
): string {
  return [
    `pumpbench explore --from ${from}`,
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(for_s === undefined ? [] : [`--for ${for_s}s`]),
    ...(days === SITE_DAYS ? [] : [`--days ${days}`]),
    ...(rig === 'ideal' ? [] : [`--rig ${rig}`]),
    ...pumpWords(other),
    ...(groups.length === carried.length ? [] : [`--faults ${groups.length === 0 ? 'none' : groups.join(',')}`]),
    ...(out === USUAL_FOLDER ? [] : [`--out ${out}`]),
  ].join(' ')
}

/** The pump as it stands on a command line. */
function pumpWords(other: OtherPump | null): readonly string[] {
  return other === null ? [] : [`--pump ${quotedForShell(other.pump.name)}`]
}

export function skippedIn({ skipped }: Exploration): number {
  return skipped.reduce((sum, { seeds }) => sum + seeds, 0)
}

export function foundLine(plan: ExplorationPlan, { seed, invariant, detail, attempts }: Found): string {
  const file = fileOf(plan, seed)
  const alone = command({ ...plan, seeds: 1, for_s: undefined }, seed)
  return [
    `seed ${seed}: ${invariant}: ${detail}`,
    `  shrunk in ${attempts} attempts: ${['pumpbench run', file, '--rig', plan.rig, ...pumpWords(plan.other)].join(' ')}`,
    `  as found: ${alone}`,
  ].join('\n')
}

export function report(plan: ExplorationPlan, exploration: Exploration, wall_s: number): string {
  const { seeds, found, missing, strangers, expects } = exploration
  const sites = exploration.sites.toSorted((a, b) => a.seeds - b.seeds || (a.name < b.name ? -1 : 1))
  const rows = sites.map((site) => [{ text: site.name }, { text: String(site.seeds) }, { text: demand(site, expects) }])
  const table = textTable(
    [
      { title: 'site', align: 'left', least: 60 },
      { title: 'seeds', align: 'right' },
      { title: 'expected', align: 'left' },
    ],
    rows,
    { width: 120, indent: '  ', paintHead: (text) => text },
  )
  const undrawn = undrawnOf(plan)
  const rate = wall_s > 0 ? ` (${(seeds / wall_s).toFixed(1)} a second)` : ''
  return [
    ...(plan.other === null ? [...table, ''] : []),
    `${seeds} seeds of ${plan.days} d on ${plan.rig} in ${wall_s.toFixed(1)} s${rate}, from ${plan.from}`,
    ...(plan.other === null
      ? [`${sites.filter((site) => site.seeds > 0).length} of ${sites.length} sites visited`]
      : ofOther(plan.other, exploration)),
    ...(undrawn.length === 0
      ? []
      : [`not drawn, for no line leads to ${plan.rig}: ${undrawn.join(', ')}; --rig avr draws them`]),
    ...missing.map(({ name, within }) => `never visited, and ${within} seeds have to: ${name}`),
    ...strangers.map((name) => `visited, and listed as out of reach: ${name}`),
    ...found.map((one) => foundLine(plan, one)),
    `${found.length} violations`,
  ].join('\n')
}

/** Reasons that are told of seeds that were skipped. */
const MOST_REASONS = 10

/** What is said of an exploration of a pump that is not ours. */
function ofOther({ pump, only }: OtherPump, exploration: Exploration): readonly string[] {
  const { seeds, skipped, changed } = exploration
  const unheld = INVARIANT_NAMES.filter((name) => !only.includes(name))
  const reasons = skipped.slice(0, MOST_REASONS).map(({ reason, seeds: count }) => `  ${count}: ${reason}`)
  const more = skipped.length - reasons.length
  return [
    `pump: ${plain(pump.name)}`,
    `not looked at, for they are of our firmware: sites, determinism, words of refusals, and the invariants ${unheld.join(', ')}`,
    ...(changed === 0
      ? []
      : [`${changed} of ${seeds} seeds run without, or in round figures of, what the pump has nothing for`]),
    ...(skipped.length === 0
      ? []
      : [
          `${skippedIn(exploration)} of ${seeds} seeds skipped, which is no pass: the pump lacks what they need`,
          ...reasons,
        ]),
    ...(more > 0 ? [`  and ${more} more reasons`] : []),
  ]
}

/** Kinds of faults that are drawn on another rig and not on this one. */
export function undrawnOf({ carried }: ExplorationPlan): readonly string[] {
  return carried.includes('link') ? [] : LINE_MISHAPS
}

function demand({ expected, seeds, within }: SiteCount, expects: boolean): string {
  if (!expects) return ''
  if (!expected) return `in ${within} seeds`
  return seeds > 0 ? 'yes' : `MISSING: in ${within} seeds`
}
