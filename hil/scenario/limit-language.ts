/** The keys of the scenario language that limit what may be programmed. */
import { z } from 'zod'
import { percentage, quantity } from '#hil/scenario/quantities'

const dailyDose = (description: string, example: string) =>
  quantity(['mass', 'volume'], { description, example, zero: 'a limit of nothing allows nothing; leave it out' })

/** Limits that the clinic sets. */
export const limitsSchema = z
  .strictObject({
    daily_dose: z
      .strictObject({
        soft: dailyDose('More than this is warned of.', '500 ug').optional(),
        hard: dailyDose('More than this is refused.', '2 mg').optional(),
      })
      .meta({ description: 'Largest dose in any 24 h, as drug mass or as volume.' })
      .optional(),
    change: z
      .strictObject({
        soft: percentage('A larger change, up or down, is warned of.', '30 %').optional(),
        hard: percentage('A larger increase is refused.', '100 %').optional(),
      })
      .meta({ description: 'Change of the daily dose against the last that was meant.' })
      .optional(),
  })
  .meta({ description: 'Limits that the clinic sets. Left out: only the range of the pump limits.' })
