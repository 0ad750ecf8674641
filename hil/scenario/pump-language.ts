/** The keys of the scenario language that describe hardware: the pump, the figures that replace its own, the catheter. */
import { z } from 'zod'
import { percentage, quantity, volume } from '#hil/scenario/quantities'

const rate = (description: string, example: string) =>
  quantity(['volume rate'], { description, example, zero: 'a rate of the pump is above zero' })

/** Figures that replace those of the pump model. */
export const overridesSchema = z
  .strictObject({
    reservoir_volume: volume('Usable volume of the reservoir.', '20 mL').optional(),
    low_reservoir: quantity(['volume'], {
      description: 'Believed volume at or below which the low-reservoir alarm sounds.',
      example: '2 mL',
    }).optional(),
    tolerance: percentage('Flow accuracy the maker states.', '14.5 %').optional(),
    step_volume: volume('Volume that one motor step displaces.', '0.25 uL').optional(),
    rate_min: rate('Lowest rate a therapy may ask for.', '0.048 mL/d').optional(),
    rate_max: rate('Highest rate a therapy may ask for.', '24 mL/d').optional(),
    minimum_rate: rate('Rate of the minimum-rate mode.', '0.006 mL/d').optional(),
    tube_volume: quantity(['volume'], {
      description: 'Volume of the tube between reservoir and catheter.',
      example: '0.199 mL',
    }).optional(),
  })
  .meta({ description: 'Figures that replace those of the pump model.' })

/** The pump: a model, with figures replaced. */
export const pumpSchema = z
  .strictObject({
    model: z.string().meta({ description: 'Name of the pump model.', examples: ['im-20', 'im-40'] }),
    overrides: overridesSchema.optional(),
  })
  .meta({ description: 'The pump.' })

/** The catheter between pump and spine. */
export const catheterSchema = z
  .strictObject({
    length: quantity(['length'], {
      description: 'Length of the catheter. Default 80 cm.',
      example: '80 cm',
      zero: 'a catheter has a length',
    }).optional(),
    volume_per_length: quantity(['volume per length'], {
      description: 'Volume a length of catheter holds. Default: that of the pump model.',
      example: '2.2 uL/cm',
      zero: 'a catheter has a bore',
    }).optional(),
    flow: z
      .enum(['plug'])
      .meta({ description: 'plug: drug moves along the line without mixing. Default plug.' })
      .optional(),
  })
  .meta({ description: 'The catheter.' })
