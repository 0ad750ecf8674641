/** The scenario language as JSON Schema, so that an editor completes keys, explains them and marks mistakes. */
import { z } from 'zod'
import { scenarioSchema } from '#hil/scenario/language'

/** JSON Schema (draft 2020-12) of a scenario file. The reader applies further rules that tie keys together. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12' })
  return {
    ...schema,
    title: 'pumpbench scenario',
    description: 'One run of an implantable pump and what must be true of it.',
  }
}
