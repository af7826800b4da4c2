package stateferry.e2e;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.tuple.Tuple3;

/** The records of the job: key, where from, and number. All of it follows from partition and number. */
final class Records {
  static final TypeInformation<Tuple3<String, String, Long>> TYPE =
      Types.TUPLE(Types.STRING, Types.STRING, Types.LONG);
  static final int KEYS = 20;

  private Records() {}

  static Tuple3<String, String, Long> of(String partition, long number) {
    int place = partition.charAt(partition.length() - 1) - '0';
    return Tuple3.of("k" + (place * 31 + number) % KEYS, partition, number);
  }

  /** The key of a record. */
  static final class Key implements KeySelector<Tuple3<String, String, Long>, String> {
    private static final long serialVersionUID = 1;

    @Override
    public String getKey(Tuple3<String, String, Long> record) {
      return record.f0;
    }
  }
}
