/** The keys of the scenario language that describe hardware: the pump, the figures that replace its own, the catheter. */
import { z } from 'zod'
import type { ModelKey } from '#firmware-sim/models'
import { FIGURE_KEYS, FIGURES, figureSchema } from '#hil/scenario/figures'
import { quantity } from '#hil/scenario/quantities'

const LONGEST_PATH = 1000

/** More would be plug flow but for the cost. */
const MOST_CELLS = 200
const CELLS_RULE = `a line is a whole number of cells from 1 to ${MOST_CELLS}, such as 20`

/** The figures that `overrides` may replace: all but that of the catheter, which `catheter` has. */
export const OVERRIDE_KEYS = FIGURE_KEYS.filter((key) => key !== 'catheter_volume_per_length')

/** Figures that replace those of the pump model. */
const overridesSchema = z
  .strictObject(
    Object.fromEntries(OVERRIDE_KEYS.map((key) => [key, figureSchema(key).optional()])) as Readonly<
      Record<ModelKey, z.ZodOptional<ReturnType<typeof figureSchema>>>
    >,
  )
  .meta({ description: 'Figures that replace those of the pump model.' })

/** The pump: a model, with figures replaced. */
export const pumpSchema = z
  .strictObject({
    model: z
      .string()
      .max(LONGEST_PATH, { error: `a name or path has at most ${LONGEST_PATH} characters` })
      .meta({
        description: 'Name of the pump model, or the path of a file with its figures, from the folder of this file.',
        examples: ['im-20', 'im-40', './mine.yaml'],
      }),
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
      ...FIGURES.catheter_volume_per_length,
      description: 'Volume a length of catheter holds. Default: that of the pump model.',
    }).optional(),
    flow: z
      .enum(['plug', 'dispersive'])
      .meta({
        description:
          'plug: drug moves along the line without mixing. dispersive: it mixes with what is in its way. Default plug.',
      })
      .optional(),
    cells: z
      .int({ error: ({ input }) => `${JSON.stringify(input)} is not a number of cells; ${CELLS_RULE}` })
      .min(1, { error: ({ input }) => `${input} is too few; ${CELLS_RULE}` })
      .max(MOST_CELLS, { error: ({ input }) => `${input} is too many; ${CELLS_RULE}` })
      .meta({
        description: 'With dispersive flow: how many well-mixed cells the line is; more mix less. Default 20.',
        examples: [20],
      })
      .optional(),
  })
  .meta({ description: 'The catheter.' })
