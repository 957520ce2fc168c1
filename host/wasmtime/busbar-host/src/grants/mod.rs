//! What a grant covers: pure functions, so that host/verdicts tests them.
