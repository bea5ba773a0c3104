/// The predicates of filters: names such as `not_eq` that lists of instructions hold and that are no
/// fields.
enum Predicates {
  static let all: Set<String> = [
    "eq", "not_eq", "matches", "does_not_match", "matches_any", "matches_all", "lt", "lteq", "gt",
    "gteq", "present", "blank", "null", "not_null", "in", "not_in", "start", "not_start", "end",
    "not_end", "cont", "not_cont", "cont_any", "cont_all", "i_cont", "jcont", "true", "false",
    "asc", "desc",
  ]
}
