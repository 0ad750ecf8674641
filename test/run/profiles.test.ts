/** Profiles of the line in numbers, each rounded once. */
import { expect, it } from 'vitest'
import { profilesOf } from '#hil/run/profiles'
import type { TraceRecord } from '#hil/run/trace'

it('are those of the records, with the concentration of each drug in each stretch', () => {
  const records: readonly TraceRecord[] = [
    { kind: 'line', t_us: 0, volume_uL: '375', mass_ug: [] },
    {
      ...{ kind: 'profile', t_us: 1_500_000, swelling_uL: '1/2', swelling_ug: [] },
      stretches: [
        { from_uL: '0', to_uL: '100', fluid: true, mass_ug: [['baclofen', '50']] },
        {
          ...{ from_uL: '100', to_uL: '375', fluid: true },
          mass_ug: [
            ['baclofen', '55'],
            ['morphine', '1/3'],
          ],
        },
      ],
    },
    {
      ...{ kind: 'profile', t_us: 2_000_000, swelling_uL: '0', swelling_ug: [] },
      stretches: [{ from_uL: '0', to_uL: '375', fluid: false, mass_ug: [] }],
    },
  ]
  expect(profilesOf({ records })).toEqual([
    {
      ...{ t_s: 1.5, swelling_uL: 0.5 },
      stretches: [
        {
          ...{ from_uL: 0, to_uL: 100, fluid: true },
          drugs: [{ drug: 'baclofen', mass_ug: 50, concentration_ug_per_mL: 500 }],
        },
        {
          ...{ from_uL: 100, to_uL: 375, fluid: true },
          drugs: [
            { drug: 'baclofen', mass_ug: 55, concentration_ug_per_mL: 200 },
            { drug: 'morphine', mass_ug: 1 / 3, concentration_ug_per_mL: 1000 / 825 },
          ],
        },
      ],
    },
    { t_s: 2, swelling_uL: 0, stretches: [{ from_uL: 0, to_uL: 375, fluid: false, drugs: [] }] },
  ])
})
