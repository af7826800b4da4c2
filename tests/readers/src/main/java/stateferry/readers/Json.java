package stateferry.readers;

import java.util.Iterator;
import java.util.Map;

/** Writes maps, lists, texts, numbers, booleans and null as JSON in ASCII, in the order that they have. */
final class Json {
  private final StringBuilder text = new StringBuilder();

  private Json() {}

  static String of(Object value) {
    Json json = new Json();
    json.add(value);
    return json.text.toString();
  }

  private void add(Object value) {
    if (value instanceof Map) {
      addMap((Map<?, ?>) value);
    } else if (value instanceof Iterable) {
      addAll(((Iterable<?>) value).iterator());
    } else if (value == null || value instanceof Number || value instanceof Boolean) {
      text.append(value);
    } else {
      addText(value.toString());
    }
  }

  private void addMap(Map<?, ?> map) {
    String separator = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      addText(entry.getKey().toString());
      text.append(':');
      add(entry.getValue());
      separator = ",";
    }
    text.append(map.isEmpty() ? "{}" : "}");
  }

  private void addAll(Iterator<?> values) {
    text.append('[');
    while (values.hasNext()) {
      add(values.next());
      if (values.hasNext()) {
        text.append(',');
      }
    }
    text.append(']');
  }

  private void addText(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
