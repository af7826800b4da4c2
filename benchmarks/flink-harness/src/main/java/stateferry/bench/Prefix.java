package stateferry.bench;

/** One prefix to put in the place of another, at a path boundary. */
record Prefix(String from, String to) {
  /** The new text, or the same object where the prefix doesn't match. */
  String apply(String text) {
    boolean below =
        text.startsWith(from)
            && (text.length() == from.length() || text.charAt(from.length()) == '/');
    return below ? to + text.substring(from.length()) : text;
  }
}
