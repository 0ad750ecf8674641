/**
 * Periodic bolus: a bolus at the start of the therapy and at every interval after it, with or without a basal rate.
 *
 * The interval is where hours were once typed as minutes (FDA Class I recall of 2004).
 */
import { bolusText, unfitBolus } from '#firmware-sim/therapy/bolus'
import { doseRateText, volumeRate } from '#firmware-sim/therapy/dose'
import type { TherapyKind } from '#firmware-sim/therapy/kind'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, ceil, compare, divide, subtract, times, toSafeInteger, toText, whole, ZERO } from '#units/rational'

/** Least interval; a pattern that is denser cannot be told from a continuous dose. */
const LEAST_EVERY_us: Time_us = as(whole(60_000_000))
/** Most boluses of one pattern that may overlap. */
const MOST_OVERLAPPING = 16

export const periodicBolus: TherapyKind<'periodic-bolus'> = {
  basal: (therapy, contents) => (therapy.basal === null ? as(ZERO) : volumeRate(therapy.basal, contents)),
  nextStart: (therapy, { began_us, from_us, after }) => {
    const begun = toSafeInteger(ceil(divide(subtract(from_us, began_us), therapy.every_us)))
    const index = after === null ? Math.max(0, begun) : after + 1
    const at_us = as<Time_us>(add(began_us, times(therapy.every_us, index)))
    return { at_us, dose: therapy.dose, over_us: therapy.over_us, index }
  },
  isDosed: true,
  horizon: ({ over_us, every_us }) => as(add(times(DAY_us, 2), add(every_us, over_us))),
  unfit: (therapy) => {
    const { over_us, every_us } = therapy
    if (compare(every_us, LEAST_EVERY_us) < 0) return 'a periodic bolus comes back after 1 min at the earliest'
    if (compare(over_us, times(every_us, MOST_OVERLAPPING)) > 0) {
      return `more than ${MOST_OVERLAPPING} boluses would overlap; give each over a shorter time`
    }
    return unfitBolus(therapy)
  },
  exemptFromLeastRate: false,
  text: (therapy) =>
    `${bolusText(therapy)} every ${toText(therapy.every_us)} us on ${therapy.basal === null ? 'nothing' : doseRateText(therapy.basal)}`,
}
