package stateferry.e2e;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs jobs one after the other as stdin asks for them: each line is a run's options, NAME=VALUE with tabs
 * between. The answer is lines on stdout that begin with `> `, the last of them `> done` or `> failed`. With a
 * failure come lines `> cause TEXT`, one for each distinct exception in the chain. A line `probe=NAME NAME…` asks
 * which classes and fields (CLASS#FIELD) this Flink has; those it has come as `> has NAME`.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answer(parse(line), answers);
    }
    // Threads that Flink leaves behind must not keep the process.
    System.exit(0);
  }

  private static void answer(Map<String, String> options, PrintStream answers) {
    try {
      for (String told : options.containsKey("probe") ? probe(options.get("probe")) : Run.run(options)) {
        answers.println("> " + told);
      }
      answers.println("> done");
    } catch (Throwable failure) {
      failure.printStackTrace();
      for (String cause : causes(failure)) {
        answers.println("> cause " + cause);
      }
      answers.println("> failed");
    }
  }

  private static List<String> probe(String names) {
    List<String> told = new ArrayList<>();
    for (String name : names.split(" ")) {
      String[] parts = name.split("#");
      try {
        Class<?> type = Class.forName(parts[0]);
        if (parts.length > 1) {
          type.getField(parts[1]);
        }
        told.add("has " + name);
      } catch (ReflectiveOperationException absent) {
        // Not told.
      }
    }
    return told;
  }

  private static Map<String, String> parse(String line) {
    Map<String, String> options = new HashMap<>();
    for (String word : line.split("\t")) {
      int equals = word.indexOf('=');
      options.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return options;
  }

  /** The head line of each exception in a stack trace that may hold others as text. */
  private static Set<String> causes(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    Set<String> causes = new LinkedHashSet<>();
    for (String line : text.toString().split("\n")) {
      String trimmed = line.trim();
      if (!trimmed.isEmpty() && !trimmed.startsWith("at ") && !trimmed.startsWith("...")) {
        causes.add(trimmed.replaceFirst("^(Caused by|Suppressed): ", ""));
      }
    }
    return causes;
  }
}
