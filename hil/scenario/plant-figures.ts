/**
 * What is assumed of the hardware beyond the figures of a pump model: figures that decide what truly happens and that no
 * pump is told. `confidence` is as in the models; a scenario may replace each under `plant`.
 */
import type { Figure } from '#firmware-sim/models'

export const PLANT_FIGURES = {
  temperature: {
    value: '37 degC',
    source: 'an implanted pump works in a body; the figures of pumps are stated for it',
    confidence: 'common',
  },
  temperature_coefficient: {
    value: '0.2 %/degC',
    source: 'no source gives it for a rotor that squeezes a tube; makes a bench at 22 degC deliver 3 % less',
    confidence: 'placeholder',
  },
  compliance: {
    value: '5 uL',
    source: 'no source gives it for this tube; far below the 0.5 mL that a general requirement for pumps allows',
    confidence: 'placeholder',
  },
  overfill_gain: {
    value: '0 %',
    source: 'overfilling is a named cause of over-infusion (HSA notice of 8 Nov 2016), by how much is not said',
    confidence: 'placeholder',
  },
} as const satisfies Readonly<Record<string, Figure>>
