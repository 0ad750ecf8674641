/** The shortest scenario, for tests that change or extend it. */
export const MINIMAL = `schema: pumpbench/scenario@1
name: a-name
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 7 d
prescription:
  - at: 0 d
    therapy: { mode: simple-continuous, dose: 50 ug/d }
`

/** The minimal scenario with one text replaced; a change that changes nothing is a mistake in the test. */
export function changed(from: string, to: string): string {
  if (!MINIMAL.includes(from)) throw new Error(`"${from}" is not in the minimal scenario`)
  return MINIMAL.replace(from, () => to)
}
