package stateferry.bench;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The classes of whatever release of Flink is on the class path, by name: nearly every release has
 * other constructors, and what is called here must compile against one of them only.
 */
final class Flink {
  private static final String RUNTIME = "org.apache.flink.runtime.";
  private static final Map<String, Class<?>> CLASSES = new HashMap<>();
  private static final Map<Class<?>, Constructor<?>[]> CONSTRUCTORS = new HashMap<>();
  private static final Map<Class<?>, Method[]> METHODS = new HashMap<>();

  private Flink() {}

  /** Makes an object of the class with this name, by default below Flink's runtime. */
  static Object make(String name, Object... arguments) {
    Constructor<?>[] all =
        CONSTRUCTORS.computeIfAbsent(classOf(name), type -> type.getConstructors());
    try {
      return fitting(all, name, arguments).newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** Calls a method of an object. */
  static Object call(Object object, String method, Object... arguments) {
    return call(object.getClass(), object, method, arguments);
  }

  /** Calls a static method of the class with this name. */
  static Object callStatic(String name, String method, Object... arguments) {
    return call(classOf(name), null, method, arguments);
  }

  /** The constant of an enumeration. */
  static Object constant(String name, String constant) {
    return Arrays.stream(classOf(name).getEnumConstants())
        .filter(value -> ((Enum<?>) value).name().equals(constant))
        .findFirst()
        .orElseThrow();
  }

  private static Object call(Class<?> type, Object object, String method, Object... arguments) {
    Method[] all = METHODS.computeIfAbsent(type, Class::getMethods);
    Method[] named =
        Arrays.stream(all)
            .filter(m -> m.getName().equals(method))
            .filter(m -> Modifier.isStatic(m.getModifiers()) == (object == null))
            .toArray(Method[]::new);
    try {
      return fitting(named, type.getName() + "." + method, arguments).invoke(object, arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + "." + method, e);
    }
  }

  private static Class<?> classOf(String name) {
    return CLASSES.computeIfAbsent(
        name,
        key -> {
          try {
            return Class.forName(key.startsWith("org.") ? key : RUNTIME + key);
          } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static <E extends Executable> E fitting(E[] all, String name, Object... arguments) {
    for (E one : all) {
      if (fits(one.getParameterTypes(), arguments)) {
        return one;
      }
    }
    throw new IllegalStateException(
        "this release has no " + name + " of " + Arrays.toString(arguments));
  }

  private static boolean fits(Class<?>[] types, Object... arguments) {
    if (types.length != arguments.length) {
      return false;
    }
    for (int i = 0; i < types.length; i++) {
      boolean same =
          types[i] == int.class && arguments[i] instanceof Integer
              || types[i] == long.class && arguments[i] instanceof Long
              || types[i].isInstance(arguments[i]);
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
