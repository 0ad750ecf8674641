/**
 * Which of the scenarios that were read are run: those with a tag, and of these the share of one machine.
 *
 * A choice that leaves nothing is a mistake and no pass: a run that proves nothing must not look green.
 */
import { quoted } from '#hil/scenario/wording'
import type { ScenarioFile } from '#scripts/scenario-files'

/** One share of the scenarios: the `index`-th, from 1, of `count`. */
export interface Shard {
  readonly index: number
  readonly count: number
}

export interface SelectionOptions {
  /** A scenario is chosen that has at least one of them. */
  readonly tag?: readonly string[]
  readonly shard?: Shard
}

/** The scenarios chosen, in their order, or why there is none. */
export type Selection =
  | { readonly ok: true; readonly files: readonly ScenarioFile[] }
  | { readonly ok: false; readonly problem: string }

/**
 * The scenarios to run. Shards follow from the names alone: sorted by name, every `count`-th belongs to one shard, so
 * that together they hold each scenario once, whatever order the files are given in.
 */
export function selected(files: readonly ScenarioFile[], { tag = [], shard }: SelectionOptions): Selection {
  const tagged =
    tag.length === 0 ? files : files.filter(({ scenario }) => tag.some((one) => scenario.tags.includes(one)))
  if (tagged.length === 0 && files.length > 0) return { ok: false, problem: untagged(files, tag) }
  if (shard === undefined) return { ok: true, files: tagged }
  const names = tagged.map(({ scenario }) => scenario.name).toSorted()
  const ours = new Set(names.filter((_, rank) => rank % shard.count === shard.index - 1))
  if (ours.size === 0 && tagged.length > 0) {
    const { index, count } = shard
    const there = tagged.length === 1 ? 'there is 1 scenario' : `there are ${tagged.length} scenarios`
    return { ok: false, problem: `--shard ${index}/${count} is empty: ${there}; split them into no more shards` }
  }
  return { ok: true, files: tagged.filter(({ scenario }) => ours.has(scenario.name)) }
}

function untagged(files: readonly ScenarioFile[], tag: readonly string[]): string {
  const tags = [...new Set(files.flatMap(({ scenario }) => scenario.tags))].toSorted()
  const there = tags.length === 0 ? 'none of them has a tag' : `their tags are ${tags.join(', ')}`
  return `--tag ${tag.map(quoted).join(' --tag ')}: no scenario has it; ${there}`
}
