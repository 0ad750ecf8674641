/** The keys of the scenario language that describe what is in a syringe, what its label says, and what the pump is told. */
import { z } from 'zod'
import { drugSchema as drug } from '#hil/scenario/names'
import { quantity, volumeOr } from '#hil/scenario/quantities'

const concentration = quantity(['concentration'], {
  description: 'Drug mass in a volume.',
  example: '500 ug/mL',
  zero: 'a fill contains drug',
})
const filled = quantity(['volume'], {
  description: 'Volume filled into the reservoir.',
  example: '20 mL',
  zero: 'a fill has a volume',
})

const someOfFill = z.strictObject({
  drug: drug.optional(),
  concentration: concentration.optional(),
  volume: filled.optional(),
})

/** What was meant to be filled; a missing key is as the true fill. */
const meant = someOfFill.meta({
  description:
    'What was meant to be filled, where the truth is another: what the label says and the prescriber reckons with. ' +
    'A missing key is as the true fill.',
})

/** What the pump is told of a fill; a missing key is as it was meant. */
const programmed = someOfFill.meta({
  description: 'What the pump is told, where that differs from what was meant. A missing key is as it was meant.',
})

/** The fill at the start of the run. */
export const fillSchema = z
  .strictObject({
    drug,
    concentration,
    volume: filled,
    meant: meant.optional(),
    programmed: programmed.optional(),
  })
  .meta({ description: 'What is truly in the reservoir at the start.' })

const withdraw = volumeOr('all', {
  description: 'How much is drawn from the reservoir before the fill. Default all.',
  example: '9.8 mL',
})

/** A refill: what is drawn, what is filled, what was meant to be, and what the pump is told. */
export const refillSchema = z
  .strictObject({
    withdraw: withdraw.optional(),
    fill: z.strictObject({ drug, concentration, volume: filled }).meta({ description: 'What is truly filled.' }),
    meant: meant.optional(),
    programmed: programmed.optional(),
  })
  .meta({ description: 'A refill of the reservoir.' })
