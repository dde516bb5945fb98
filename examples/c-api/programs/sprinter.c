/* A simulated sprint through the C interface: every number must be, bit for bit, the one that Rust found.
 *
 * sprinter FIXTURE    (written by examples/native.rs)
 */
#include <inttypes.h>

#include "check.h"

typedef struct {
    char name[40];
    size_t n;
    double *values;
    int used;
} Array;

static Array arrays[100];
static size_t array_count = 0;

static int load(const char *path) {
    FILE *file = fopen(path, "r");
    size_t i;
    if (file == NULL) {
        return 0;
    }
    while (array_count < 100 && fscanf(file, "%39s %zu", arrays[array_count].name, &arrays[array_count].n) == 2) {
        Array *array = &arrays[array_count++];
        array->values = (double *)malloc((array->n + 1) * sizeof(double));
        for (i = 0; i < array->n; i++) {
            uint64_t bits;
            if (fscanf(file, "%" SCNx64, &bits) != 1) {
                fclose(file);
                return 0;
            }
            memcpy(&array->values[i], &bits, sizeof bits);
        }
    }
    fclose(file);
    return array_count > 0;
}

static Array *get(const char *name, const char *suffix) {
    char whole[80];
    size_t i;
    snprintf(whole, sizeof whole, "%s%s", name, suffix);
    for (i = 0; i < array_count; i++) {
        if (strcmp(arrays[i].name, whole) == 0) {
            arrays[i].used = 1;
            return &arrays[i];
        }
    }
    fprintf(stderr, "the fixture has no %s\n", whole);
    exit(1);
}

/* The same bits, or both NaN. */
static void same(const char *name, const char *suffix, const double *found, size_t n) {
    const Array *wanted = get(name, suffix);
    size_t i;
    CHECK(wanted->n == n);
    for (i = 0; i < n && i < wanted->n; i++) {
        checks++;
        if (memcmp(&found[i], &wanted->values[i], sizeof(double)) != 0 &&
            !(isnan(found[i]) && isnan(wanted->values[i]))) {
            failures++;
            fprintf(stderr, "%s%s[%zu] is %a, not %a\n", name, suffix, i, found[i], wanted->values[i]);
        }
    }
}

#define MOST 2000
static double rate;
static size_t samples;
static double y[MOST];
static float narrow_x[MOST], narrow_y[MOST];

static void to_float(const double *x, size_t n) {
    size_t i;
    for (i = 0; i < n; i++) {
        narrow_x[i] = (float)x[i];
    }
}

static void from_float(size_t n) {
    size_t i;
    for (i = 0; i < n; i++) {
        y[i] = (double)narrow_y[i];
    }
}

static void filters(void) {
    static const char *names[4] = {"low", "high", "pass", "stop"};
    const double cutoffs[4][2] = {{15.0, 0.0}, {2.0, 0.0}, {1.0, 20.0}, {45.0, 55.0}};
    const double *hip = get("hip_flexion_r", "")->values;
    unsigned band;
    size_t i;
    to_float(hip, samples);
    for (band = 0; band < 4; band++) {
        CopeakButterworth design;
        CopeakFilter filter;
        CopeakSection sections[8];
        size_t count = 0;
        design.band = band;
        design.order = 3;
        design.cutoff_hz = cutoffs[band][0];
        design.upper_cutoff_hz = cutoffs[band][1];
        design.rate_hz = rate;
        OK(copeak_filter_new(&design, &filter));
        OK(copeak_filter_sections(filter, sections, 8, &count));
        same(names[band], "_sections", &sections[0].b0, 5 * count);
        /* One by one, then after a reset at once, then over itself. */
        for (i = 0; i < samples; i++) {
            OK(copeak_filter_push(filter, hip[i], &y[i]));
        }
        same(names[band], "_live", y, samples);
        OK(copeak_filter_reset(filter));
        OK(copeak_filter_run(filter, hip, samples, y));
        same(names[band], "_live", y, samples);
        OK(copeak_filter_reset(filter));
        memcpy(y, hip, samples * sizeof(double));
        OK(copeak_filter_run(filter, y, samples / 2, y));
        OK(copeak_filter_run(filter, y + samples / 2, samples - samples / 2, y + samples / 2));
        same(names[band], "_live", y, samples);
        OK(copeak_filter_reset(filter));
        for (i = 0; i < samples; i++) {
            OK(copeak_filter_push_f32(filter, narrow_x[i], &narrow_y[i]));
        }
        from_float(samples);
        same(names[band], "_live_f32", y, samples);
        OK(copeak_filter_reset(filter));
        OK(copeak_filter_run_f32(filter, narrow_x, samples, narrow_y));
        from_float(samples);
        same(names[band], "_live_f32", y, samples);
        OK(copeak_filter_free(filter));
        OK(copeak_zero_phase_f32(&design, narrow_x, samples, narrow_y));
        from_float(samples);
        same(names[band], "_whole_f32", y, samples);
        OK(copeak_zero_phase(&design, hip, samples, y));
        same(names[band], "_whole", y, samples);
        /* Over itself, and onto the place one sample further. */
        memcpy(y, hip, samples * sizeof(double));
        OK(copeak_zero_phase(&design, y, samples, y));
        same(names[band], "_whole", y, samples);
        memcpy(y, hip, samples * sizeof(double));
        OK(copeak_zero_phase(&design, y, samples, y + 1));
        same(names[band], "_whole", y + 1, samples);
    }
}

static void peaks(void) {
    const Array *smooth = get("low", "_whole");
    CopeakPeakRule rule = copeak_peak_rule();
    CopeakPeak found[100];
    double rows[700];
    size_t count = 0, single, i;
    rule.height = 0.0;
    rule.prominence = 5.0;
    rule.width = 2.0;
    rule.distance = 30.0;
    to_float(smooth->values, samples);
    for (single = 0; single < 2; single++) {
        /* How many there are, then all of them. */
        CopeakStatus status = single ? copeak_find_peaks_f32(&rule, narrow_x, samples, NULL, 0, &count)
                                     : copeak_find_peaks(&rule, smooth->values, samples, NULL, 0, &count);
        EXPECT(COPEAK_STATUS_CAPACITY, status);
        CHECK(count > 10 && count <= 100);
        OK(single ? copeak_find_peaks_f32(&rule, narrow_x, samples, found, count, &count)
                  : copeak_find_peaks(&rule, smooth->values, samples, found, count, &count));
        for (i = 0; i < count; i++) {
            rows[7 * i] = (double)found[i].index;
            rows[7 * i + 1] = found[i].position;
            rows[7 * i + 2] = found[i].height;
            rows[7 * i + 3] = found[i].prominence;
            rows[7 * i + 4] = (double)found[i].left_base;
            rows[7 * i + 5] = (double)found[i].right_base;
            rows[7 * i + 6] = found[i].width;
        }
        same("peaks", single ? "_f32" : "", rows, 7 * count);
    }
}

static size_t put_event(double *row, const CopeakEvent *event) {
    row[0] = event->time_s;
    row[1] = event->se_s;
    row[2] = (double)event->side;
    row[3] = (double)event->kind;
    return 4;
}

static void contacts(void) {
    static const char *sides[2] = {"l", "r"};
    CopeakContactRule rule = copeak_contact_rule();
    CopeakContact found[100];
    double rows[800], first[100], second[100];
    size_t count = 0, i, at;
    unsigned side, single;
    CHECK(rule.on_n == 50.0 && rule.off_n == 20.0 && rule.min_contact_s == 0.05 && rule.min_flight_s == 0.0);
    for (side = 0; side < 2; side++) {
        const double *force = get("force_", sides[side])->values;
        CopeakEstimate lag;
        char name[20];
        snprintf(name, sizeof name, "contacts_%s", sides[side]);
        to_float(force, samples);
        for (single = 0; single < 2; single++) {
            OK(single ? copeak_contacts_f32(&rule, narrow_x, samples, rate, side, found, 100, &count)
                      : copeak_contacts(&rule, force, samples, rate, side, found, 100, &count));
            for (i = at = 0; i < count; i++) {
                at += put_event(rows + at, &found[i].initial);
                at += put_event(rows + at, &found[i].terminal);
            }
            same(name, single ? "_f32" : "", rows, at);
        }
        OK(copeak_contacts(&rule, force, samples, rate, side, found, 100, &count));
        for (i = 0; i < count; i++) {
            first[i] = found[i].initial.time_s;
            second[i] = found[i].terminal.time_s;
        }
        first[1] = NAN; /* one stride without it */
        OK(copeak_lag(first, second, count, 0.95, &lag));
        rows[0] = lag.value;
        rows[1] = lag.low;
        rows[2] = lag.high;
        rows[3] = (double)lag.n;
        rows[4] = (double)lag.approximate;
        same("lag_", sides[side], rows, 5);
    }
}

static void curves(void) {
    const double *hip = get("hip_flexion_r", "")->values, *later = hip + 7;
    unsigned circular;
    for (circular = 0; circular < 2; circular++) {
        const char *name = circular ? "curve_lag_circular" : "curve_lag";
        CopeakCurveLag lag;
        to_float(hip, 300);
        OK(copeak_curve_lag(hip, later, 200, rate, 0.1, circular, &lag));
        same(name, "", &lag.lag_s, 2);
        OK(copeak_curve_lag_f32(narrow_x, narrow_x + 7, 200, rate, 0.1, circular, &lag));
        same(name, "_f32", &lag.lag_s, 2);
    }
}

static CopeakContributor contributor(unsigned role, size_t left, size_t right, double sign) {
    CopeakContributor made;
    made.role = role;
    made.rectification = COPEAK_RECTIFICATION_POSITIVE;
    made.left = left;
    made.right = right;
    made.sign = sign;
    made.weight = 1.0;
    made.reference_peak = 0.0;
    return made;
}

/* Low-pass, slope, contacts and convergence, frame by frame. */
static void chain(int single) {
    static const char *names[5] = {"hip_flexion_l", "hip_flexion_r", "shoulder_flexion_l", "shoulder_flexion_r",
                                   "trunk_rotation"};
    static double events[400], steps[11 * 50], lags[25 * 50];
    const char *name = single ? "steps_f32" : "steps";
    const double *x[5], *force[2];
    double before[5] = {0.0, 0.0, 0.0, 0.0, 0.0};
    size_t event_values = 0, step_values = 0, lag_values = 0, i, c, k;
    CopeakButterworth design;
    CopeakContactRule rule = copeak_contact_rule();
    CopeakFilter filters[5];
    CopeakFoot feet[2];
    CopeakLive live;
    CopeakContributor contributors[5];
    design.band = COPEAK_BAND_LOW;
    design.order = 2;
    design.cutoff_hz = 15.0;
    design.upper_cutoff_hz = 0.0;
    design.rate_hz = rate;
    contributors[0] = contributor(COPEAK_ROLE_SUPPORT_LEG, 0, 1, -1.0);
    contributors[1] = contributor(COPEAK_ROLE_SWING_LEG, 0, 1, 1.0);
    contributors[1].reference_peak = 700.0;
    contributors[2] = contributor(COPEAK_ROLE_SUPPORT_ARM, 2, 3, 1.0);
    contributors[2].weight = 0.5;
    contributors[3] = contributor(COPEAK_ROLE_OPPOSITE_ARM, 2, 3, -1.0);
    contributors[4] = contributor(COPEAK_ROLE_TRUNK, 4, 0, 1.0);
    contributors[4].rectification = COPEAK_RECTIFICATION_MAGNITUDE;
    for (c = 0; c < 5; c++) {
        x[c] = get(names[c], "")->values;
        OK(copeak_filter_new(&design, &filters[c]));
    }
    force[0] = get("force_l", "")->values;
    force[1] = get("force_r", "")->values;
    OK(copeak_foot_new(&rule, rate, COPEAK_SIDE_LEFT, 3.0, &feet[0]));
    OK(copeak_foot_new(&rule, rate, COPEAK_SIDE_RIGHT, 3.0, &feet[1]));
    OK(copeak_live_new(rate, 5, contributors, 5, &live));
    for (i = 0; i < samples; i++) {
        double frame[5];
        float narrow[5];
        for (c = 0; c < 5; c++) {
            double now;
            OK(copeak_filter_push(filters[c], x[c][i], &now));
            frame[c] = (now - before[c]) * rate;
            narrow[c] = (float)frame[c];
            before[c] = now;
        }
        OK(single ? copeak_live_push_f32(live, narrow, 5) : copeak_live_push(live, frame, 5));
        for (k = 0; k < 2; k++) {
            CopeakEvent event;
            CopeakStep step;
            OK(copeak_foot_push(feet[k], force[k][i], &event));
            if (event.kind == COPEAK_EVENT_KIND_NONE) {
                continue;
            }
            event_values += put_event(events + event_values, &event);
            OK(copeak_live_event(live, &event, &step));
            if (step.number > 0) {
                CopeakLag of[5];
                double *row = steps + step_values;
                size_t count = 0;
                row[0] = (double)step.number;
                row[1] = (double)step.side;
                memcpy(row + 2, &step.start_s, 9 * sizeof(double));
                step_values += 11;
                OK(copeak_live_lags(live, of, 5, &count));
                CHECK(count == 5);
                for (c = 0; c < count; c++, lag_values += 5) {
                    memcpy(lags + lag_values, &of[c].phase, 4 * sizeof(double));
                    lags[lag_values + 4] = (double)of[c].n;
                }
            }
        }
    }
    same(name, "_events", events, event_values);
    same(name, "", steps, step_values);
    same(name, "_lags", lags, lag_values);
    CHECK(step_values >= 11 * 20);
    for (c = 0; c < 5; c++) {
        OK(copeak_filter_free(filters[c]));
    }
    OK(copeak_foot_free(feet[0]));
    OK(copeak_foot_free(feet[1]));
    OK(copeak_live_free(live));
}

int main(int argc, char **argv) {
    size_t i;
    if (argc != 2 || !load(argv[1])) {
        fprintf(stderr, "usage: sprinter FIXTURE\n");
        return 2;
    }
    rate = get("rate", "")->values[0];
    samples = get("hip_flexion_r", "")->n;
    CHECK(samples + 1 < MOST);
    filters();
    peaks();
    contacts();
    curves();
    chain(0);
    chain(1);
    for (i = 0; i < array_count; i++) {
        if (!arrays[i].used) {
            failures++;
            fprintf(stderr, "%s was not compared\n", arrays[i].name);
        }
        free(arrays[i].values);
    }
    printf("copeak %s: %d checks, %d failures\n", copeak_version(), checks, failures);
    return failures > 0;
}
