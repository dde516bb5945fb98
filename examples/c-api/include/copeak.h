/* copeak: what peaks together. The C interface.
 *
 * Written by cbindgen from examples/c-api/src; do not edit.
 *
 * Times are seconds, rates hertz, phases fractions of a cycle; lags are positive when the second comes after the first.
 * Every function that can fail returns a CopeakStatus and then leaves its outputs alone, unless it says otherwise;
 * copeak_last_error gives the reason in words. No function lets an exception
 * through, or ends the program unless memory runs out. Outputs may not overlap inputs except where it says so, and nobody
 * else may change the arrays during a call.
 *
 * Handles are numbers and not pointers: one that was freed, was never made, or belongs to another type is refused.
 * All functions may be called from any thread; calls on one handle wait for each other; freeing
 * does not wait.
 */

#ifndef COPEAK_H
#define COPEAK_H

#include <stddef.h>
#include <stdint.h>

// The most values that one call takes: 2^31. No record of a runner is as long, and a negative length converted
// to an unsigned one is detected.
#define COPEAK_LONGEST 2147483648

// What a filter lets through.
typedef enum CopeakBand {
  // Everything below the cut-off.
  COPEAK_BAND_LOW = 0,
  // Everything above it.
  COPEAK_BAND_HIGH = 1,
  // Everything between the lower and the upper cut-off.
  COPEAK_BAND_PASS = 2,
  // Everything else.
  COPEAK_BAND_STOP = 3,
} CopeakBand;

// What happened at an event.
typedef enum CopeakEventKind {
  // Nothing.
  COPEAK_EVENT_KIND_NONE = 0,
  // The foot met the ground.
  COPEAK_EVENT_KIND_INITIAL_CONTACT = 1,
  // The foot left the ground.
  COPEAK_EVENT_KIND_TERMINAL_CONTACT = 2,
} CopeakEventKind;

// What becomes of a channel's sign.
typedef enum CopeakRectification {
  // Its positive part counts.
  COPEAK_RECTIFICATION_POSITIVE = 0,
  // Its magnitude counts.
  COPEAK_RECTIFICATION_MAGNITUDE = 1,
  // It counts as it is: for forces.
  COPEAK_RECTIFICATION_SIGNED = 2,
} CopeakRectification;

// The part a contributor plays in a step.
typedef enum CopeakRole {
  // The leg on the ground: the channel of its side.
  COPEAK_ROLE_SUPPORT_LEG = 0,
  // The other leg.
  COPEAK_ROLE_SWING_LEG = 1,
  // The arm of the support side.
  COPEAK_ROLE_SUPPORT_ARM = 2,
  // The other arm.
  COPEAK_ROLE_OPPOSITE_ARM = 3,
  // The trunk: one channel, `left`, whose sign flips with the support side (+ for right).
  COPEAK_ROLE_TRUNK = 4,
} CopeakRole;

// Side of the body.
typedef enum CopeakSide {
  // Left.
  COPEAK_SIDE_LEFT = 0,
  // Right.
  COPEAK_SIDE_RIGHT = 1,
} CopeakSide;

// What a call came to.
typedef enum CopeakStatus {
  // Done.
  COPEAK_STATUS_OK = 0,
  // A pointer is null where values are needed, or not aligned for them.
  COPEAK_STATUS_POINTER = 1,
  // The handle was freed, or never made.
  COPEAK_STATUS_HANDLE = 2,
  // The handle belongs to another type.
  COPEAK_STATUS_HANDLE_TYPE = 3,
  // More values than COPEAK_LONGEST.
  COPEAK_STATUS_LENGTH = 4,
  // The output is too small; the count says how many values there are.
  COPEAK_STATUS_CAPACITY = 5,
  // A parameter breaks its rule.
  COPEAK_STATUS_PARAMETER = 6,
  // A cut-off outside the open interval from 0 Hz to the Nyquist frequency.
  COPEAK_STATUS_CUTOFF = 7,
  // Fewer items than the operation needs.
  COPEAK_STATUS_TOO_FEW = 8,
  // Two inputs that must have the same length do not.
  COPEAK_STATUS_LENGTH_MISMATCH = 9,
  // A value is NaN or infinite where only finite ones are allowed.
  COPEAK_STATUS_NON_FINITE = 10,
  // The input does not vary, or the quantity is not defined for it.
  COPEAK_STATUS_UNDEFINED = 11,
  // Something the operation needs is not there.
  COPEAK_STATUS_MISSING = 12,
  // Another refusal; copeak_last_error has the words.
  COPEAK_STATUS_REFUSED = 13,
  // A defect of the library; the handle that was used can only be freed.
  COPEAK_STATUS_DEFECT = 14,
} CopeakStatus;

// When a foot is on the ground.
typedef struct CopeakContactRule {
  // Force in newtons from which it is.
  double on_n;
  // Force in newtons below which it has left.
  double off_n;
  // Shortest contact.
  double min_contact_s;
  // Shortest flight: a shorter dip does not end a contact.
  double min_flight_s;
} CopeakContactRule;

// A landing or a take-off.
typedef struct CopeakEvent {
  // When, interpolated between samples.
  double time_s;
  // Standard error of the time.
  double se_s;
  // A CopeakSide.
  uint32_t side;
  // A CopeakEventKind.
  uint32_t kind;
} CopeakEvent;

// A stay on the ground.
typedef struct CopeakContact {
  // The landing.
  struct CopeakEvent initial;
  // The take-off.
  struct CopeakEvent terminal;
} CopeakContact;

// A foot whose force comes sample by sample. Made by copeak_foot_new, freed by copeak_foot_free.
typedef struct CopeakFoot {
  // Not to be touched; 0 is no foot.
  uint64_t id;
} CopeakFoot;

// A Butterworth filter. Cut-offs are -3 dB, after both passes where there are two.
typedef struct CopeakButterworth {
  // A CopeakBand.
  uint32_t band;
  // Order per pass, 1 to 1000; band filters have twice as many poles.
  size_t order;
  // The cut-off, or the lower one.
  double cutoff_hz;
  // The upper cut-off of a band filter; not looked at otherwise.
  double upper_cutoff_hz;
  // Samples per second.
  double rate_hz;
} CopeakButterworth;

// A live filter. Made by copeak_filter_new, freed by copeak_filter_free.
typedef struct CopeakFilter {
  // Not to be touched; 0 is no filter.
  uint64_t id;
} CopeakFilter;

// A second-order section, with a0 = 1.
typedef struct CopeakSection {
  // Numerator.
  double b0;
  // Numerator.
  double b1;
  // Numerator.
  double b2;
  // Denominator.
  double a1;
  // Denominator.
  double a2;
} CopeakSection;

// A mean with its interval. Without interval its ends are NaN.
typedef struct CopeakEstimate {
  // The mean.
  double value;
  // Lower end of the interval.
  double low;
  // Upper end.
  double high;
  // Strides that it is from.
  size_t n;
  // 1 when they are too few (below 10) for the interval to hold its level, else 0.
  uint32_t approximate;
} CopeakEstimate;

// The lag of a curve behind another.
typedef struct CopeakCurveLag {
  // The lag.
  double lag_s;
  // Correlation there.
  double r;
} CopeakCurveLag;

// A contributor as channels of a frame, counted from 0.
typedef struct CopeakContributor {
  // A CopeakRole.
  uint32_t role;
  // A CopeakRectification.
  uint32_t rectification;
  // Channel of the left side.
  size_t left;
  // Channel of the right side; ignored for the trunk.
  size_t right;
  // Factor that makes the direction of interest positive; not 0.
  double sign;
  // At least 0.
  double weight;
  // The mean peak by which its drive is divided; 0 for its own mean peak over the steps so far.
  double reference_peak;
} CopeakContributor;

// Live convergence. Made by copeak_live_new, freed by copeak_live_free.
typedef struct CopeakLive {
  // Not to be touched; 0 is none.
  uint64_t id;
} CopeakLive;

// A step. What is not defined is NaN.
typedef struct CopeakStep {
  // Measured steps so far, this one included; 0 when there is none.
  size_t number;
  // A CopeakSide: the foot on the ground.
  uint32_t side;
  // Its landing.
  double start_s;
  // Length of its cycle, a stride.
  double cycle_s;
  // Sum of the contributors' own maxima.
  double available;
  // Maximum of their sum.
  double realised;
  // Realised over available.
  double coincidence;
  // Mean coincidence by chance, over all steps so far.
  double chance;
  // (Coincidence - chance)/(1 - chance) over the last 10 steps.
  double kappa;
  // Mean cosine of the peaks' phase differences.
  double simultaneity;
  // Spread of the peaks.
  double spread_s;
} CopeakStep;

// When a contributor peaks in a step. What is not defined is NaN.
typedef struct CopeakLag {
  // Phase of its peak in the cycle.
  double phase;
  // How much later than the mean of all peaks.
  double lag_s;
  // Mean of that over the steps so far.
  double mean_lag_s;
  // Its standard deviation.
  double sd_lag_s;
  // Steps that have one.
  size_t n;
} CopeakLag;

// Which maxima are peaks. Of copeak_peak_rule, every local maximum is one.
typedef struct CopeakPeakRule {
  // Least height; -INFINITY for any.
  double height;
  // Least prominence, 0 for any.
  double prominence;
  // Least width in samples at half the prominence, 0 for any.
  double width;
  // Least distance between peaks in samples, the highest first; 1 for any.
  double distance;
} CopeakPeakRule;

// A peak.
typedef struct CopeakPeak {
  // Its sample, counted from 0; of a plateau the middle one.
  size_t index;
  // Where it is between samples, by the parabola through the three top samples.
  double position;
  // The sample there.
  double height;
  // How far it stands out.
  double prominence;
  // Sample of the lowest point on the left.
  size_t left_base;
  // Sample of the lowest point on the right.
  size_t right_base;
  // Width in samples at half the prominence.
  double width;
} CopeakPeak;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// On 50 N, off 20 N, contacts of at least 50 ms, flights of any length.
struct CopeakContactRule copeak_contact_rule(void);

// The whole contacts of one foot in n samples of vertical force in newtons, the first at 0 s; each event with its standard
// error. A NaN is a gap, and no contact reaches across one. `count` gets how many there are; with
// COPEAK_STATUS_CAPACITY as many as there is room for are written.
enum CopeakStatus copeak_contacts(const struct CopeakContactRule *rule,
                                  const double *force_n,
                                  size_t n,
                                  double rate_hz,
                                  uint32_t side,
                                  struct CopeakContact *contacts,
                                  size_t capacity,
                                  size_t *count);

// As copeak_contacts.
enum CopeakStatus copeak_contacts_f32(const struct CopeakContactRule *rule,
                                      const float *force_n,
                                      size_t n,
                                      double rate_hz,
                                      uint32_t side,
                                      struct CopeakContact *contacts,
                                      size_t capacity,
                                      size_t *count);

// Makes a foot whose first sample comes at 0 s. `noise_sd_n` is the standard deviation of the force in flight.
enum CopeakStatus copeak_foot_new(const struct CopeakContactRule *rule,
                                  double rate_hz,
                                  uint32_t side,
                                  double noise_sd_n,
                                  struct CopeakFoot *foot);

// Frees a foot; nothing happens to one with id 0.
enum CopeakStatus copeak_foot_free(struct CopeakFoot foot);

// Feeds one sample of vertical force and gives the event that it settles, of kind COPEAK_EVENT_KIND_NONE for none. A landing comes
// after the shortest contact, a take-off after the shortest flight. A NaN is a gap.
enum CopeakStatus copeak_foot_push(struct CopeakFoot foot,
                                   double force_n,
                                   struct CopeakEvent *event);

// Makes a live filter that has seen nothing yet.
enum CopeakStatus copeak_filter_new(const struct CopeakButterworth *design, struct CopeakFilter *filter);

// Frees a live filter; nothing happens to one with id 0.
enum CopeakStatus copeak_filter_free(struct CopeakFilter filter);

// Makes it forget what it has seen.
enum CopeakStatus copeak_filter_reset(struct CopeakFilter filter);

// Its sections, the first one first.
enum CopeakStatus copeak_filter_sections(struct CopeakFilter filter,
                                         struct CopeakSection *sections,
                                         size_t capacity,
                                         size_t *count);

// Feeds one sample and gives one. A sample that is not finite is refused, and the filter stays as it was.
enum CopeakStatus copeak_filter_push(struct CopeakFilter filter, double x, double *y);

// As copeak_filter_push; the filter works in double precision.
enum CopeakStatus copeak_filter_push_f32(struct CopeakFilter filter, float x, float *y);

// Feeds n samples and gives n, as pushing them one by one; x and y may be the same or overlap. When a sample is not
// finite all are refused, and the filter stays as it was.
enum CopeakStatus copeak_filter_run(struct CopeakFilter filter,
                                    const double *x,
                                    size_t n,
                                    double *y);

// As copeak_filter_run; the filter works in double precision.
enum CopeakStatus copeak_filter_run_f32(struct CopeakFilter filter, const float *x, size_t n, float *y);

// Filters a record of n samples forwards and backwards, so that nothing is delayed; x and y may be the same or overlap.
// A record that is refused leaves a copy of x in y.
enum CopeakStatus copeak_zero_phase(const struct CopeakButterworth *design,
                                    const double *x,
                                    size_t n,
                                    double *y);

// As copeak_zero_phase; the filter works in double precision.
enum CopeakStatus copeak_zero_phase_f32(const struct CopeakButterworth *design,
                                        const float *x,
                                        size_t n,
                                        float *y);

// The mean lag over n strides, with its t-interval: one time a stride for each of two channels, NaN where there is none.
// Positive when the second comes after the first. Below 3 strides without interval.
enum CopeakStatus copeak_lag(const double *first_s,
                             const double *second_s,
                             size_t n,
                             double level,
                             struct CopeakEstimate *lag);

// The lag of a whole curve of n samples behind another, at most `max_lag_s` either way, by their correlation where they
// overlap; of whole cycles when `circular` is not 0.
enum CopeakStatus copeak_curve_lag(const double *first,
                                   const double *second,
                                   size_t n,
                                   double rate_hz,
                                   double max_lag_s,
                                   uint32_t circular,
                                   struct CopeakCurveLag *lag);

// As copeak_curve_lag.
enum CopeakStatus copeak_curve_lag_f32(const float *first,
                                       const float *second,
                                       size_t n,
                                       double rate_hz,
                                       double max_lag_s,
                                       uint32_t circular,
                                       struct CopeakCurveLag *lag);

// Makes live convergence of so many contributors, at most 65536, for frames of so many channels, the first at 0 s, at most 3e7
// samples a second over all channels.
enum CopeakStatus copeak_live_new(double rate_hz,
                                  size_t channels,
                                  const struct CopeakContributor *contributors,
                                  size_t count,
                                  struct CopeakLive *live);

// Frees live convergence; nothing happens to one with id 0.
enum CopeakStatus copeak_live_free(struct CopeakLive live);

// Makes it forget all frames and steps.
enum CopeakStatus copeak_live_reset(struct CopeakLive live);

// Feeds one frame: all channels at one instant. A step with a sample that is not finite is not measured.
enum CopeakStatus copeak_live_push(struct CopeakLive live, const double *frame, size_t channels);

// As copeak_live_push.
enum CopeakStatus copeak_live_push_f32(struct CopeakLive live, const float *frame, size_t channels);

// Feeds a landing or a take-off and gives the step that it completes, with number 0 for none. A step is complete one step
// after its own end, when its stride is over.
enum CopeakStatus copeak_live_event(struct CopeakLive live,
                                    const struct CopeakEvent *event,
                                    struct CopeakStep *step);

// The contributors of the last step, in the order given; none before the first step.
enum CopeakStatus copeak_live_lags(struct CopeakLive live,
                                   struct CopeakLag *lags,
                                   size_t capacity,
                                   size_t *count);

// The rule by which every local maximum is a peak.
struct CopeakPeakRule copeak_peak_rule(void);

// The peaks of n samples, as SciPy's find_peaks finds them. `count` gets how many there are; with COPEAK_STATUS_CAPACITY
// as many as there is room for are written. With a capacity of 0 `peaks` may be NULL. A NaN is refused.
enum CopeakStatus copeak_find_peaks(const struct CopeakPeakRule *rule,
                                    const double *x,
                                    size_t n,
                                    struct CopeakPeak *peaks,
                                    size_t capacity,
                                    size_t *count);

// As copeak_find_peaks.
enum CopeakStatus copeak_find_peaks_f32(const struct CopeakPeakRule *rule,
                                        const float *x,
                                        size_t n,
                                        struct CopeakPeak *peaks,
                                        size_t capacity,
                                        size_t *count);

// The library's version, such as "0.1.0".
const char *copeak_version(void);

// A status in a few words; "no such status" for any other number.
const char *copeak_status_text(int32_t status);

// Why the last call on this thread that failed did so, with names and values: copies it with a final zero into
// `buffer` of `capacity` bytes, cut where it does not fit, and returns its length. With NULL or a capacity of 0 only the
// length.
size_t copeak_last_error(char *buffer,
                         size_t capacity);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* COPEAK_H */
