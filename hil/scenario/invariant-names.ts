/** The invariants that a check may name; what each demands stands in docs/EXPLORE.md. */
export const INVARIANT_NAMES = [
  'obedience',
  'patient-bolus',
  'admission',
  'rest',
  'trickle',
  'range',
  'believed-steps',
  'books',
  'accounts',
  'reservoir',
  'answers',
  'refusals',
  'alarm-grammar',
  'levels',
  'tube-life',
  'standing',
  'stalls',
  'resets',
  'service',
  'sounding',
  'daily-dose',
  'residuals',
  'tracking',
] as const

export type InvariantName = (typeof INVARIANT_NAMES)[number]
