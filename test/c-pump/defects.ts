/**
 * Mistakes put into the pump in C, one at a time and such as programmers make, each with the scenario of the library that finds
 * it and the checks that it fails there.
 */
export interface CDefect {
  readonly id: string
  /** The file of examples/c-pump that it is in. */
  readonly file: string
  /** What the programmer did, in words. */
  readonly mistake: string
  /** Stands in the file exactly once ... */
  readonly find: string
  /** ... and is replaced by this. */
  readonly replace: string
  /** The scenario. */
  readonly scenario: string
  /** The checks of the scenario whose verdict is then fail, each name once and in their order; all others pass. */
  readonly checks: readonly string[]
}

export const C_DEFECTS: readonly CDefect[] = [
  {
    id: 'remainder-dropped',
    file: 'motion.c',
    mistake: 'what is left over of a step is lost whenever the therapy changes',
    find: '  basal = rate.low;\n',
    replace: '  basal = rate.low;\n  wide_set(&part, 0);\n',
    scenario: 'examples/c-pump/ten-days.yaml',
    checks: ['tracking'],
  },
  {
    id: 'sidereal-day',
    file: 'motion.c',
    mistake: 'wrong constant: a day that is four minutes short',
    find: '  wide_multiply(&step, DAY_us);',
    replace: '  wide_multiply(&step, 86164000000);',
    scenario: 'scenarios/papers/001-simple-continuous/first-week.yaml',
    checks: ['tracking', 'mean-flow-error', 'max-dose'],
  },
  {
    id: 'old-concentration',
    file: 'account.c',
    mistake: 'stale value: a refill goes on with the concentration of the fill before',
    find: '  account_holds(fluid, account_filled(drawn, volume));\n',
    replace:
      '  account_holds(fluid, account_filled(drawn, volume));\n  fluids[fluid_now].concentration = fluids[fluid_now ^ 1].concentration;\n',
    scenario: 'scenarios/pump/bridge-to-stronger-skipped.yaml',
    checks: ['max-dose', 'dose-at-tip', 'changeover', 'under-delivery', 'over-delivery'],
  },
  {
    id: 'low-at-half',
    file: 'account.c',
    mistake: 'the alarm of a low reservoir waits until half of its level',
    find: '  return reservoir <= (int64_t)figures[FIGURE_LOW_RESERVOIR];',
    replace: '  return reservoir <= (int64_t)figures[FIGURE_LOW_RESERVOIR] / 2;',
    scenario: 'scenarios/papers/001-simple-continuous/six-months-at-most.yaml',
    checks: ['alarm'],
  },
  {
    id: 'empty-goes-on',
    file: 'pump.c',
    mistake: 'an empty reservoir is told of and does not stop the motor',
    find: '  return account_empty() && (',
    replace: '  return false && (',
    scenario: 'scenarios/field/empty-and-still-delivering.yaml',
    checks: ['event', 'believed-dose', 'reservoir-estimate'],
  },
  {
    id: 'stall-off-by-one',
    file: 'account.c',
    mistake: '> for >=: the alarm of a stall comes with the second lost step',
    find: '++lost_in_a_row >= figures',
    replace: '++lost_in_a_row > figures',
    scenario: 'scenarios/field/mri-twenty-four-hours.yaml',
    checks: ['alarm'],
  },
  {
    id: 'lost-step-not-taken-back',
    file: 'account.c',
    mistake: 'a lost step is taken back from the dose and not from the reservoir',
    find: '  *(before && drained ? &expected : &reservoir) += (int64_t)figures[FIGURE_STEP_VOLUME];\n',
    replace: '',
    scenario: 'scenarios/papers/003-withdrawal/motor-stall-three-days.yaml',
    checks: ['reservoir-estimate'],
  },
  {
    id: 'bolus-survives',
    file: 'pump.c',
    mistake: 'a change of therapy leaves the boluses of the one before under way',
    find: '      motion_end_boluses(NEVER);\n      therapy_commit();',
    replace: '      therapy_commit();',
    scenario: 'examples/c-pump/ten-days.yaml',
    checks: ['tracking'],
  },
  {
    id: 'twice-in-autumn',
    file: 'therapy.c',
    mistake: 'a clock that is set back forgets which boluses it has given',
    find: '  if (anew || clock > timekeeping.through) begin_anew();',
    replace: '  begin_anew();',
    scenario: 'scenarios/pump/clock-back-in-autumn.yaml',
    checks: ['tracking', 'max-dose'],
  },
  {
    id: 'midnight-is-noon',
    file: 'therapy.c',
    mistake: 'the times of boluses are counted from noon',
    find: '    for (uint8_t index = 0; index < therapy.count; index++) {\n      daily_of(&therapy, index, &daily);\n      uint64_t start = midnight + daily.time;',
    replace:
      '    for (uint8_t index = 0; index < therapy.count; index++) {\n      daily_of(&therapy, index, &daily);\n      daily.time = (daily.time + DAY_us / 2) % DAY_us;\n      uint64_t start = midnight + daily.time;',
    scenario: 'examples/c-pump/ten-days.yaml',
    checks: ['tracking'],
  },
  {
    id: 'weekday-off-by-one',
    file: 'therapy.c',
    mistake: 'off by one: the week begins on Sunday',
    find: '#define FIRST_WEEKDAY 3',
    replace: '#define FIRST_WEEKDAY 4',
    scenario: 'examples/c-pump/ten-days.yaml',
    checks: ['tracking'],
  },
  {
    id: 'residual-one-sided',
    file: 'account.c',
    mistake: 'only a residual above the expected one differs',
    find: 'more > most || more < -most ?',
    replace: 'more > most ?',
    scenario: 'scenarios/field/seventeen-of-twenty-by-day-five.yaml',
    checks: ['event'],
  },
]
