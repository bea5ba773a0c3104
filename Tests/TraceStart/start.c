#include "TraceStart.h"

/// In Tests/TraceTests/Trace.swift.
extern void commercelayer_trace_start(void);

/// Runs before `main`, so before any test of the bundle this is linked into: Swift has no such place,
/// and swift-testing runs nothing before the first test.
__attribute__((constructor)) static void start(void) { commercelayer_trace_start(); }
