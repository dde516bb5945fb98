/* What both programs share: a check that counts, and the last error in words. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copeak.h"

static int checks = 0, failures = 0;

static void check(int holds, const char *what, int line) {
    checks++;
    if (!holds) {
        failures++;
        fprintf(stderr, "line %d: %s\n", line, what);
    }
}

#define CHECK(condition) check((condition) ? 1 : 0, #condition, __LINE__)

static void expect(CopeakStatus found, CopeakStatus wanted, const char *what, int line) {
    checks++;
    if (found != wanted) {
        char words[256];
        copeak_last_error(words, sizeof words);
        failures++;
        fprintf(stderr, "line %d: %s\n  gave \"%s\" (%s), not \"%s\"\n", line, what, copeak_status_text(found), words,
                copeak_status_text(wanted));
    }
}

#define EXPECT(status, call) expect((call), (status), #call, __LINE__)
#define OK(call) EXPECT(COPEAK_STATUS_OK, call)

#endif
