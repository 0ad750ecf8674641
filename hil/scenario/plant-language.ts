/** The keys of the scenario language that say how the hardware truly is, whatever pump and prescription take it for. */
import { z } from 'zod'
import { PLANT_FIGURES } from '#hil/scenario/plant-figures'
import { quantity } from '#hil/scenario/quantities'
import { compare, magnitude, type Rational, ratio, whole } from '#units/rational'

const LEAST_GAIN = ratio(-9n, 10n)
const MOST_GAIN = whole(9)
const WARMEST_degC = whole(60)
const LARGEST_COEFFICIENT = ratio(2n, 100n)
const LARGEST_CHANGE = ratio(1n, 10n)
const SHORTEST_STAGE_uL = whole(1000)
const MOST_COMPLIANCE_uL = whole(1000)

const within = (least: Rational, most: Rational, rule: string) => (value: Rational) =>
  compare(value, least) < 0 || compare(value, most) > 0 ? rule : undefined

/** More than a step should move, as a part of it, and never below nothing. */
export const moreThanDue = within(whole(0), MOST_GAIN, 'a pump delivers at most 900 % more than it should')

export const compliance = quantity(['volume'], {
  description: 'How much the tube swells before a blockage, which it gives back at once on release.',
  example: PLANT_FIGURES.compliance.value,
  refusal: within(whole(0), MOST_COMPLIANCE_uL, 'no tube of this size gives way by more than 1 mL'),
})

/** How the tube changes with what the rotor has turned for. */
const wearSchema = z
  .strictObject({
    change: quantity(['deviation'], {
      description: 'What each stage adds to the gain of the new tube: -10 % to 10 %.',
      example: '0.1 %',
      zero: 'a tube that does not change does not wear; leave wear out',
      refusal: (value) =>
        compare(magnitude(value), LARGEST_CHANGE) > 0 ? 'a stage changes at most by 10 %' : undefined,
    }),
    every: quantity(['volume'], {
      description: 'Volume in a stage, as the steps count it; at least 1 mL.',
      example: '100 mL',
      refusal: (value) => (compare(value, SHORTEST_STAGE_uL) < 0 ? 'a stage of wear is at least 1 mL' : undefined),
    }),
  })
  .meta({ description: 'How the tube changes as it is used, in stages. Default: it does not.' })

export const plantSchema = z
  .strictObject({
    gain: quantity(['deviation'], {
      description: 'How much more, or less below zero, this very pump delivers than its steps say. Default 0 %.',
      example: '14.5 %',
      refusal: within(LEAST_GAIN, MOST_GAIN, 'a pump delivers -90 % to 900 % more than it should'),
    }).optional(),
    temperature: quantity(['temperature'], {
      description: 'Temperature of the pump: 0 to 60 degC. Default 37 degC.',
      example: '22 degC',
      refusal: within(whole(0), WARMEST_degC, 'a pump works at 0 to 60 degC'),
    }).optional(),
    temperature_coefficient: quantity(['temperature coefficient'], {
      description: 'How much more it delivers for each degree above 37 degC: -2 to 2 %/degC. Default 0.2 %/degC.',
      example: PLANT_FIGURES.temperature_coefficient.value,
      refusal: (value) =>
        compare(magnitude(value), LARGEST_COEFFICIENT) > 0 ? 'a degree changes at most 2 %' : undefined,
    }).optional(),
    wear: wearSchema.optional(),
    overfill_gain: quantity(['percentage'], {
      description: 'How much more a step moves while the reservoir holds more than its volume. Default 0 %.',
      example: '30 %',
      refusal: moreThanDue,
    }).optional(),
    compliance: compliance.optional(),
  })
  .meta({ description: 'The hardware as it truly is, which neither the pump nor the prescription knows.' })
