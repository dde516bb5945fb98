/* Everything a caller can do wrong comes back as a status, and the program goes on. */
#include "check.h"

static const CopeakButterworth good = {COPEAK_BAND_LOW, 2, 15.0, 0.0, 250.0};

static void handles(void) {
    CopeakFilter filter, freed, none = {0}, garbage = {0xdeadbeefULL}, as_filter;
    CopeakFoot foot, as_foot;
    CopeakLive live, as_live;
    CopeakContactRule rule = copeak_contact_rule();
    CopeakContributor contributor = {COPEAK_ROLE_SUPPORT_LEG, COPEAK_RECTIFICATION_POSITIVE, 0, 1, 1.0, 1.0, 0.0};
    CopeakEvent event = {0.1, 0.0, COPEAK_SIDE_LEFT, COPEAK_EVENT_KIND_INITIAL_CONTACT};
    CopeakStep step;
    CopeakSection section;
    CopeakLag lag;
    double y = 7.0, frame[2] = {0.0, 0.0};
    float narrow = 0.0f;
    size_t count, i;
    uint64_t id;

    OK(copeak_filter_new(&good, &filter));
    OK(copeak_foot_new(&rule, 250.0, COPEAK_SIDE_LEFT, 3.0, &foot));
    OK(copeak_live_new(250.0, 2, &contributor, 1, &live));
    freed = filter;
    OK(copeak_filter_free(filter));
    /* A new one never gets the number of one that was freed. */
    for (i = 0; i < 1000; i++) {
        OK(copeak_filter_new(&good, &filter));
        CHECK(filter.id != freed.id && filter.id != 0);
        OK(copeak_filter_free(filter));
    }
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_free(freed));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_push(freed, 1.0, &y));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_run(freed, &y, 1, &y));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_reset(freed));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_sections(freed, &section, 1, &count));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_push(none, 1.0, &y));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_push_f32(garbage, 1.0f, &narrow));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_filter_free(garbage));
    OK(copeak_filter_free(none));
    /* Of another type. */
    as_filter.id = foot.id;
    as_foot.id = live.id;
    as_live.id = foot.id;
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_filter_push(as_filter, 1.0, &y));
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_filter_free(as_filter));
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_foot_push(as_foot, 1.0, &event));
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_foot_free(as_foot));
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_live_push(as_live, frame, 2));
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_live_event(as_live, &event, &step));
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_live_lags(as_live, &lag, 1, &count));
    EXPECT(COPEAK_STATUS_HANDLE_TYPE, copeak_live_free(as_live));
    /* Any number. */
    id = 1;
    for (i = 0; i < 10000; i++) {
        CopeakFilter any;
        CopeakStatus status;
        id = id * 6364136223846793005ULL + 1442695040888963407ULL;
        any.id = i < 5000 ? id : (uint64_t)i;
        status = copeak_filter_push(any, 1.0, &y);
        CHECK(status == COPEAK_STATUS_HANDLE || status == COPEAK_STATUS_HANDLE_TYPE);
    }
    CHECK(y == 7.0);
    OK(copeak_foot_free(foot));
    OK(copeak_live_free(live));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_foot_free(foot));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_live_free(live));
    EXPECT(COPEAK_STATUS_HANDLE, copeak_live_reset(live));
}

static void pointers(void) {
    CopeakPeakRule peak_rule = copeak_peak_rule();
    CopeakContactRule rule = copeak_contact_rule();
    CopeakContributor contributor = {COPEAK_ROLE_TRUNK, COPEAK_RECTIFICATION_SIGNED, 0, 0, 1.0, 1.0, 0.0};
    CopeakFilter filter;
    CopeakFoot foot;
    CopeakLive live;
    CopeakEvent event = {0.1, 0.0, COPEAK_SIDE_LEFT, COPEAK_EVENT_KIND_INITIAL_CONTACT};
    CopeakStep step;
    CopeakEstimate estimate;
    CopeakCurveLag lag;
    double x[60] = {0.0}, y[60];
    float narrow[60] = {0.0f};
    size_t count;

    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_new(NULL, &filter));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_new(&good, NULL));
    OK(copeak_filter_new(&good, &filter));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_push(filter, 1.0, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_push_f32(filter, 1.0f, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_run(filter, NULL, 5, y));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_run(filter, x, 5, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_run_f32(filter, NULL, 5, narrow));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_run(filter, (const double *)(const void *)((const char *)x + 1), 5, y));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_sections(filter, NULL, 5, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_filter_sections(filter, NULL, 0, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_zero_phase(NULL, x, 60, y));
    EXPECT(COPEAK_STATUS_POINTER, copeak_zero_phase(&good, NULL, 60, y));
    EXPECT(COPEAK_STATUS_POINTER, copeak_zero_phase(&good, x, 60, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_zero_phase_f32(&good, NULL, 60, narrow));
    EXPECT(COPEAK_STATUS_POINTER, copeak_find_peaks(NULL, x, 60, NULL, 0, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_find_peaks(&peak_rule, NULL, 60, NULL, 0, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_find_peaks(&peak_rule, x, 60, NULL, 5, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_find_peaks(&peak_rule, x, 60, NULL, 0, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_find_peaks_f32(&peak_rule, NULL, 60, NULL, 0, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_contacts(NULL, x, 60, 250.0, 0, NULL, 0, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_contacts(&rule, NULL, 60, 250.0, 0, NULL, 0, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_contacts_f32(&rule, narrow, 60, 250.0, 0, NULL, 3, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_foot_new(NULL, 250.0, 0, 3.0, &foot));
    EXPECT(COPEAK_STATUS_POINTER, copeak_foot_new(&rule, 250.0, 0, 3.0, NULL));
    OK(copeak_foot_new(&rule, 250.0, 0, 3.0, &foot));
    EXPECT(COPEAK_STATUS_POINTER, copeak_foot_push(foot, 1.0, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_new(250.0, 2, NULL, 1, &live));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_new(250.0, 2, &contributor, 1, NULL));
    OK(copeak_live_new(250.0, 2, &contributor, 1, &live));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_push(live, NULL, 2));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_push_f32(live, NULL, 2));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_event(live, NULL, &step));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_event(live, &event, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_lags(live, NULL, 2, &count));
    EXPECT(COPEAK_STATUS_POINTER, copeak_live_lags(live, NULL, 0, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_lag(NULL, x, 5, 0.95, &estimate));
    EXPECT(COPEAK_STATUS_POINTER, copeak_lag(x, NULL, 5, 0.95, &estimate));
    EXPECT(COPEAK_STATUS_POINTER, copeak_lag(x, y, 5, 0.95, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_curve_lag(NULL, x, 60, 250.0, 0.1, 0, &lag));
    EXPECT(COPEAK_STATUS_POINTER, copeak_curve_lag(x, x, 60, 250.0, 0.1, 0, NULL));
    EXPECT(COPEAK_STATUS_POINTER, copeak_curve_lag_f32(narrow, NULL, 60, 250.0, 0.1, 0, &lag));
    OK(copeak_filter_free(filter));
    OK(copeak_foot_free(foot));
    OK(copeak_live_free(live));
}

static void lengths(void) {
    CopeakPeakRule peak_rule = copeak_peak_rule();
    CopeakContactRule rule = copeak_contact_rule();
    CopeakContributor contributor = {COPEAK_ROLE_SUPPORT_ARM, COPEAK_RECTIFICATION_POSITIVE, 0, 1, 1.0, 1.0, 0.0};
    const size_t huge[4] = {SIZE_MAX, SIZE_MAX / 8 + 1, (size_t)PTRDIFF_MAX, (size_t)COPEAK_LONGEST + 1};
    CopeakFilter filter;
    CopeakLive live;
    CopeakPeak peak;
    CopeakEstimate estimate;
    CopeakCurveLag lag;
    double x[60] = {0.0};
    float narrow[60] = {0.0f};
    size_t count = 9, i;

    OK(copeak_filter_new(&good, &filter));
    OK(copeak_live_new(250.0, 2, &contributor, 1, &live));
    /* Of nothing. */
    OK(copeak_filter_run(filter, x, 0, x));
    OK(copeak_filter_run(filter, NULL, 0, NULL));
    EXPECT(COPEAK_STATUS_TOO_FEW, copeak_zero_phase(&good, x, 0, x));
    EXPECT(COPEAK_STATUS_TOO_FEW, copeak_zero_phase(&good, NULL, 0, NULL));
    EXPECT(COPEAK_STATUS_TOO_FEW, copeak_zero_phase(&good, x, 9, x));
    OK(copeak_find_peaks(&peak_rule, NULL, 0, NULL, 0, &count));
    CHECK(count == 0);
    EXPECT(COPEAK_STATUS_TOO_FEW, copeak_contacts(&rule, NULL, 0, 250.0, 0, NULL, 0, &count));
    EXPECT(COPEAK_STATUS_UNDEFINED, copeak_contacts(&rule, x, 60, 250.0, 0, NULL, 0, &count));
    EXPECT(COPEAK_STATUS_TOO_FEW, copeak_lag(NULL, NULL, 0, 0.95, &estimate));
    EXPECT(COPEAK_STATUS_TOO_FEW, copeak_curve_lag(x, x, 0, 250.0, 0.1, 0, &lag));
    EXPECT(COPEAK_STATUS_MISSING, copeak_live_new(250.0, 2, NULL, 0, &live));
    EXPECT(COPEAK_STATUS_LENGTH_MISMATCH, copeak_live_push(live, NULL, 0));
    EXPECT(COPEAK_STATUS_LENGTH_MISMATCH, copeak_live_push_f32(live, narrow, 3));
    OK(copeak_live_lags(live, NULL, 0, &count));
    CHECK(count == 0);
    /* Of more than there can be. */
    for (i = 0; i < 4; i++) {
        EXPECT(COPEAK_STATUS_LENGTH, copeak_filter_run(filter, x, huge[i], x));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_filter_run_f32(filter, narrow, huge[i], narrow));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_zero_phase(&good, x, huge[i], x));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_zero_phase_f32(&good, narrow, huge[i], narrow));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_find_peaks(&peak_rule, x, huge[i], &peak, 1, &count));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_find_peaks(&peak_rule, x, 60, &peak, huge[i], &count));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_contacts(&rule, x, huge[i], 250.0, 0, NULL, 0, &count));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_lag(x, x, huge[i], 0.95, &estimate));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_curve_lag(x, x, huge[i], 250.0, 0.1, 0, &lag));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_live_new(250.0, huge[i], &contributor, 1, &live));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_live_new(250.0, 2, &contributor, huge[i], &live));
        EXPECT(COPEAK_STATUS_LENGTH, copeak_live_push(live, x, huge[i]));
    }
    EXPECT(COPEAK_STATUS_LENGTH, copeak_live_new(1e300, 2, &contributor, 1, &live));
    OK(copeak_filter_free(filter));
    OK(copeak_live_free(live));
}

static void values(void) {
    const double bad[3] = {NAN, INFINITY, -INFINITY};
    CopeakPeakRule peak_rule;
    CopeakContactRule rule;
    CopeakButterworth design;
    CopeakContributor contributor;
    CopeakFilter filter;
    CopeakFoot foot;
    CopeakLive live;
    CopeakEvent event = {0.1, 0.0, COPEAK_SIDE_LEFT, COPEAK_EVENT_KIND_INITIAL_CONTACT};
    CopeakStep step;
    CopeakEstimate estimate;
    CopeakCurveLag lag;
    CopeakPeak peak;
    double x[60], y[60], before, after;
    float narrow[60];
    size_t count, i, k;

    for (i = 0; i < 60; i++) {
        x[i] = sin(0.3 * (double)i);
        narrow[i] = (float)x[i];
    }
    OK(copeak_filter_new(&good, &filter));
    OK(copeak_filter_run(filter, x, 30, y));
    OK(copeak_filter_push(filter, 1.0, &before));
    OK(copeak_filter_reset(filter));
    OK(copeak_filter_run(filter, x, 30, y));
    for (k = 0; k < 3; k++) {
        /* Refused samples leave the filter as it was. */
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_filter_push(filter, bad[k], &y[0]));
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_filter_push_f32(filter, (float)bad[k], &narrow[0]));
        x[17] = bad[k];
        narrow[17] = (float)bad[k];
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_filter_run(filter, x, 60, y));
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_filter_run_f32(filter, narrow, 60, narrow));
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_zero_phase(&good, x, 60, y));
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_zero_phase_f32(&good, narrow, 60, narrow));
        if (k == 0) {
            peak_rule = copeak_peak_rule();
            EXPECT(COPEAK_STATUS_NON_FINITE, copeak_find_peaks(&peak_rule, x, 60, &peak, 1, &count));
            EXPECT(COPEAK_STATUS_NON_FINITE, copeak_find_peaks_f32(&peak_rule, narrow, 60, &peak, 1, &count));
        }
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_curve_lag(x, x, 60, 250.0, 0.05, 0, &lag));
        x[17] = sin(0.3 * 17.0);
        narrow[17] = (float)x[17];
        event.time_s = bad[k];
        OK(copeak_live_new(250.0, 2, (contributor.role = COPEAK_ROLE_SUPPORT_LEG, contributor.rectification = COPEAK_RECTIFICATION_POSITIVE,
                                      contributor.left = 0, contributor.right = 1, contributor.sign = 1.0, contributor.weight = 1.0,
                                      contributor.reference_peak = 0.0, &contributor), 1, &live));
        EXPECT(COPEAK_STATUS_NON_FINITE, copeak_live_event(live, &event, &step));
        event.time_s = 0.1;
        event.side = 2;
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_live_event(live, &event, &step));
        event.side = 0;
        event.kind = 77;
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_live_event(live, &event, &step));
        event.kind = COPEAK_EVENT_KIND_INITIAL_CONTACT;
        OK(copeak_live_free(live));

        design = good;
        design.cutoff_hz = bad[k];
        EXPECT(COPEAK_STATUS_CUTOFF, copeak_filter_new(&design, &filter));
        design = good;
        design.rate_hz = bad[k];
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_zero_phase(&design, x, 60, y));
        rule = copeak_contact_rule();
        rule.on_n = bad[k];
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_contacts(&rule, x, 60, 250.0, 0, NULL, 0, &count));
        rule = copeak_contact_rule();
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_foot_new(&rule, 250.0, 0, bad[k], &foot));
        contributor.sign = bad[k];
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_live_new(250.0, 2, &contributor, 1, &live));
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_lag(x, y, 60, bad[k], &estimate));
        EXPECT(COPEAK_STATUS_PARAMETER, copeak_curve_lag(x, x, 60, 250.0, bad[k], 0, &lag));
    }
    OK(copeak_filter_push(filter, 1.0, &after));
    CHECK(before == after);
    OK(copeak_filter_free(filter));

    design = good;
    design.band = 9;
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_filter_new(&design, &filter));
    design = good;
    design.order = 0;
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_filter_new(&design, &filter));
    design.order = SIZE_MAX;
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_filter_new(&design, &filter));
    design = good;
    design.cutoff_hz = 125.0;
    EXPECT(COPEAK_STATUS_CUTOFF, copeak_filter_new(&design, &filter));
    peak_rule = copeak_peak_rule();
    peak_rule.distance = 0.5;
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_find_peaks(&peak_rule, x, 60, &peak, 1, &count));
    peak_rule = copeak_peak_rule();
    peak_rule.prominence = NAN;
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_find_peaks(&peak_rule, x, 60, &peak, 1, &count));
    rule = copeak_contact_rule();
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_contacts(&rule, x, 60, 250.0, 2, NULL, 0, &count));
    for (i = 0; i < 60; i++) {
        y[i] = NAN;
    }
    EXPECT(COPEAK_STATUS_TOO_FEW, copeak_lag(x, y, 60, 0.95, &estimate));
    EXPECT(COPEAK_STATUS_NON_FINITE, (y[3] = INFINITY, copeak_lag(x, y, 60, 0.95, &estimate)));
    /* Two strides have a mean and no interval. */
    OK(copeak_lag(x, x, 2, 0.95, &estimate));
    CHECK(estimate.value == 0.0 && isnan(estimate.low) && isnan(estimate.high) && estimate.approximate == 1);
    contributor.sign = 1.0;
    contributor.left = 2;
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_live_new(250.0, 2, &contributor, 1, &live));
    contributor.left = 0;
    contributor.role = 5;
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_live_new(250.0, 2, &contributor, 1, &live));
    EXPECT(COPEAK_STATUS_PARAMETER, copeak_live_new(20.0, 2, (contributor.role = 0, &contributor), 1, &live));
}

static void words(void) {
    char text[256], cut[8];
    CopeakButterworth design = good;
    CopeakFilter filter;
    size_t n;
    int i;
    design.cutoff_hz = 200.0;
    EXPECT(COPEAK_STATUS_CUTOFF, copeak_filter_new(&design, &filter));
    n = copeak_last_error(text, sizeof text);
    CHECK(n == strlen(text));
    CHECK(strcmp(text, "cut-off 200 Hz must lie strictly between 0 Hz and the Nyquist frequency 125 Hz") == 0);
    CHECK(copeak_last_error(cut, sizeof cut) == n && strcmp(cut, "cut-off") == 0);
    CHECK(copeak_last_error(NULL, 0) == n && copeak_last_error(NULL, 100) == n && copeak_last_error(text, 0) == n);
    for (i = -2; i < 20; i++) {
        CHECK(strlen(copeak_status_text(i)) > 3);
    }
    CHECK(strcmp(copeak_status_text(COPEAK_STATUS_OK), "done") == 0);
    CHECK(strcmp(copeak_version(), VERSION) == 0);
}

int main(void) {
    handles();
    pointers();
    lengths();
    values();
    words();
    printf("%d checks, %d failures\n", checks, failures);
    return failures > 0;
}
