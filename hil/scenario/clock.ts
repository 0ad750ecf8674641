/**
 * Clocks as a scenario writes them: a local date and time, a time of day, a day of the week.
 *
 * There are no time zones. A change to summer time is written as what a person does about it, a `set-clock`.
 */
import { z } from 'zod'
import { WEEKDAYS } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, type Time_us } from '#units/quantity'
import { whole } from '#units/rational'

const LOCAL_TIME = String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$`
const TIME_OF_DAY = String.raw`^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$`

/** Whether the text is `YYYY-MM-DDTHH:MM[:SS]` and names a day that exists. */
function isLocalTime(text: string): boolean {
  if (!new RegExp(LOCAL_TIME).test(text)) return false
  const time = new Date(`${text}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

/** A local date and time, in microseconds since 1970-01-01T00:00 local. */
export function localTime(description: string, example: string) {
  return z
    .string()
    .refine(isLocalTime, {
      error: ({ input }) => `${quoted(String(input))}: a clock is a real date and local time, such as ${example}`,
    })
    .meta({ description, examples: [example], pattern: LOCAL_TIME })
    .transform((text): Time_us => as(whole(BigInt(Date.parse(`${text}Z`)) * 1000n)))
}

/** A time of day with the text that wrote it. */
export interface TimeOfDay {
  readonly text: string
  /** Since midnight: less than 24 h. */
  readonly value: Time_us
}

/** `HH:MM` or `HH:MM:SS`, before midnight; `24:00` is none, because it is the next day. */
export function timeOfDay(description: string, example: string) {
  return z
    .string()
    .refine((text) => new RegExp(TIME_OF_DAY).test(text), {
      error: ({ input }) => `${quoted(String(input))} is not a time of day; write 00:00 to 23:59, or 23:59:59`,
    })
    .meta({ description, examples: [example], pattern: TIME_OF_DAY })
    .transform((text): TimeOfDay => {
      const [h = '0', min = '0', s = '0'] = text.split(':')
      const value_s = (BigInt(h) * 60n + BigInt(min)) * 60n + BigInt(s)
      return { text, value: as(whole(value_s * 1_000_000n)) }
    })
}

/** Days of the week. */
export function weekdays(description: string) {
  return z.array(z.enum(WEEKDAYS)).min(1).max(WEEKDAYS.length).meta({ description, uniqueItems: true })
}
