package stateferry.readers;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Asks objects of Flink by the names of their getters. One compiled reader serves all releases: between
 * them classes stayed and moved less than signatures, and nothing here is compiled against one of them.
 */
final class Getters {
  private Getters() {}

  /** What the first of these getters says that the object has; a fault when it has none. */
  static Object get(Object object, String... names) {
    for (String name : names) {
      Method method = find(object.getClass(), name);
      if (method != null) {
        return invoke(method, object);
      }
    }
    throw new IllegalStateException(
        object.getClass().getName() + " has none of " + String.join(", ", names));
  }

  static boolean has(Object object, String name) {
    return find(object.getClass(), name) != null;
  }

  static long number(Object object, String... names) {
    return ((Number) get(object, names)).longValue();
  }

  static String text(Object object, String... names) {
    return get(object, names).toString();
  }

  /** A private field, where there is no getter. */
  static Object field(Object object, String name) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
      } catch (NoSuchFieldException e) {
        // Perhaps the parent has it.
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException(object.getClass().getName() + " has no field " + name);
  }

  private static Method find(Class<?> type, String name) {
    for (Method method : type.getMethods()) {
      if (method.getName().equals(name) && method.getParameterCount() == 0) {
        method.setAccessible(true);
        return method;
      }
    }
    for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
      try {
        Method method = at.getDeclaredMethod(name);
        method.setAccessible(true);
        return method;
      } catch (NoSuchMethodException e) {
        // Perhaps the parent has it.
      }
    }
    return null;
  }

  private static Object invoke(Method method, Object object) {
    try {
      return method.invoke(object);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(method + " failed", e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
