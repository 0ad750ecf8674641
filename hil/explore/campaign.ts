/** What many seeds came to: how often each site was come to, which are missing, and what was found. */
import type { Explored, Violation } from '#hil/explore/explore'
import { type Site, sitesOf } from '#hil/explore/sites'
import type { FaultGroup } from '#hil/fault/catalogue-entry'

export interface SiteCount extends Site {
  /** Seeds that came to it. */
  readonly seeds: number
  /** Whether so many seeds had to come to it. */
  readonly expected: boolean
}

export interface Found extends Violation {
  readonly seed: number
}

/** Days that a seed has to last for its sites to be expected. */
export const SITE_DAYS = 30

export class Exploration {
  readonly #sites: readonly Site[]
  readonly #counts = new Map<string, number>()
  /** Whether the seeds are such that the sites can be expected of them. */
  readonly expects: boolean
  readonly found: Found[] = []
  /** Seeds that are over. */
  seeds = 0
  /** Seeds that were run without some of what was drawn, for the pump has nothing for it. */
  changed = 0
  /** Seeds that were not run, by what the pump does not have. */
  readonly #skipped = new Map<string, number>()

  /** `groups` of all that there are, and how many days each seed lasts. */
  constructor(groups: readonly FaultGroup[], all: readonly FaultGroup[], days: number, sites = sitesOf(all)) {
    this.#sites = sites
    this.expects = days >= SITE_DAYS && all.every((group) => groups.includes(group))
  }

  add({ seed, visits, skipped, changed, violation }: Explored): void {
    this.seeds += 1
    if (changed) this.changed += 1
    if (skipped !== null) this.#skipped.set(skipped, (this.#skipped.get(skipped) ?? 0) + 1)
    for (const visit of visits) this.#counts.set(visit, (this.#counts.get(visit) ?? 0) + 1)
    if (violation !== null) this.found.push({ seed, ...violation })
  }

  /** Seeds that were not run, by what the pump does not have, the most first. */
  get skipped(): readonly { readonly reason: string; readonly seeds: number }[] {
    return [...this.#skipped].map(([reason, seeds]) => ({ reason, seeds })).toSorted((a, b) => b.seeds - a.seeds)
  }

  get sites(): readonly SiteCount[] {
    return this.#sites.map((site) => ({
      ...site,
      seeds: this.#counts.get(site.name) ?? 0,
      expected: this.expects && this.seeds >= site.within,
    }))
  }

  /** Sites that had to be come to and were not. */
  get missing(): readonly SiteCount[] {
    return this.sites.filter(({ expected, seeds }) => expected && seeds === 0)
  }

  /** What was come to that no table has: a cell listed as unreachable. */
  get strangers(): readonly string[] {
    const known = new Set(this.#sites.map(({ name }) => name))
    return [...this.#counts.keys()].filter((name) => name.startsWith('cell: ') && !known.has(name))
  }
}
