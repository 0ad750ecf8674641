/**
 * How rare a site is: the number of seeds of 30 days within which it is come to.
 *
 * A site that a part p of all seeds come to is missed by n of them with probability (1 - p)^n, which is below one in a million
 * from 14 / p seeds on. The parts were measured; each site is in the first class whose number of seeds is well above that.
 */
import { RARE, UNCOMMON } from '#hil/explore/rare-sites'

/** Seeds within which a site of each class is come to. */
const WITHIN = { common: 500, uncommon: 3000, rare: 10_000 } as const

/** Seeds within which a site is come to. */
export function rarityOf(name: string): number {
  if (RARE.has(name)) return WITHIN.rare
  return UNCOMMON.has(name) ? WITHIN.uncommon : WITHIN.common
}
