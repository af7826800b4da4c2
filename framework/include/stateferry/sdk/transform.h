/* The plugin interface that lasts: transforms of locations, and assertions, in C99.
 *
 * This header is all that such a plugin needs: no library, no other header of stateferry, any
 * compiler, any language that can export a C function. A plugin that was built against version N of
 * it is loaded by every stateferry whose version is N or later.
 *
 * A plugin is a shared library `stateferry_transform_NAME.so` that exports one function:
 *
 *   const stateferry_sdk_module *stateferry_sdk_entry(void);
 *
 * The module names the transforms `NAME.…`; the host makes an instance of one for each step of a
 * rule file that uses it, configures it once, and then asks it about one location at a time.
 *
 * What holds everywhere:
 *   - Versions. Structs grow at their ends only, with STATEFERRY_SDK_VERSION. Each side says with
 *     `struct_size` how much of one it knows; what lies behind may not be touched. A pointer to a
 *     function that is new in a version may be null or lie behind the end for those before.
 *   - Texts are UTF-8 in pointer and length, without a byte 0 at the end. An empty text may have a
 *     null pointer.
 *   - Nothing is thrown across: no C++ exception, no panic, no longjmp.
 *   - Threads. The entry function, create(), configure() and destroy() are called by one thread at
 *     a time. Once it is configured, an instance is asked by several threads at once, and must not
 *     change. A stateferry_sdk_params or stateferry_sdk_call belongs to one call on one thread.
 *   - Lifetime. What the module points to lives as long as the library is loaded. What configure()
 *     got lives as long as the instance, what a call got until it returns, unless it says more.
 *   - A plugin prints nothing and ends no process: it reports through the functions of the host.
 */
#ifndef STATEFERRY_SDK_TRANSFORM_H
#define STATEFERRY_SDK_TRANSFORM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this header. */
#define STATEFERRY_SDK_VERSION 1

/* Name of the exported function. */
#define STATEFERRY_SDK_ENTRY "stateferry_sdk_entry"

/* The longest text of a location, in bytes: a call has room for as much. */
#define STATEFERRY_SDK_MAX_TEXT 65535

#if defined(__GNUC__)
#define STATEFERRY_SDK_EXPORT __attribute__((visibility("default")))
#else
#define STATEFERRY_SDK_EXPORT
#endif

/* A text, or bytes. This struct never changes. */
typedef struct stateferry_sdk_text {
  const char *data;
  size_t size; /* bytes */
} stateferry_sdk_text;

/* A text of a string literal. */
#define STATEFERRY_SDK_TEXT(literal) \
  { (literal), sizeof(literal) - 1 }

/* Which of the two kinds a transform is. */
typedef enum stateferry_sdk_kind {
  STATEFERRY_SDK_URI = 1,      /* maps the text of a location to a new one */
  STATEFERRY_SDK_ASSERTION = 2 /* states something about the locations and changes nothing */
} stateferry_sdk_kind;

/* Answers about one location or directory: int32_t, since enums differ between compilers. */
#define STATEFERRY_SDK_UNMATCHED 0 /* none of this step's business */
#define STATEFERRY_SDK_ALREADY 1   /* lies where this step would put it */
#define STATEFERRY_SDK_CHANGED 2   /* the new text was put into the call */
#define STATEFERRY_SDK_DIFFERS 3   /* of a directory: its files must be asked for one by one */
#define STATEFERRY_SDK_NO 0        /* an assertion doesn't count this one */
#define STATEFERRY_SDK_YES 1       /* an assertion counts this one */
#define STATEFERRY_SDK_DEFAULT 4   /* of inline state: what the host does by default */
#define STATEFERRY_SDK_FAILED (-1) /* can't decide; `fail` of the host has said why */

struct stateferry_sdk_host;

/* The parameters of a step while it is configured; made by the host, which may keep more behind. */
typedef struct stateferry_sdk_params {
  const struct stateferry_sdk_host *host;
} stateferry_sdk_params;

/* One question to an instance; made by the host, which may keep more behind. */
typedef struct stateferry_sdk_call {
  const struct stateferry_sdk_host *host;
  char *out;           /* where the answer's text goes, where there is one */
  size_t out_capacity; /* bytes there: STATEFERRY_SDK_MAX_TEXT or more, or 0 */
  size_t out_size;     /* bytes of the answer; 0 at the call. More than there is room is an error */
} stateferry_sdk_call;

/* An entry of a map parameter; made by the host. */
typedef struct stateferry_sdk_entry_of_map {
  uint32_t struct_size;
  uint32_t key_place; /* for error_at() */
  uint32_t value_place;
  uint32_t reserved;
  stateferry_sdk_text key;
  stateferry_sdk_text value;
} stateferry_sdk_entry_of_map;

/* What is known of the snapshot for which a step is to be undone; made by the host. */
typedef struct stateferry_sdk_inverse_context {
  uint32_t struct_size;
  uint32_t reserved;
  /* The texts of the locations that the step changed in it, as they were: sorted, each once. */
  const stateferry_sdk_text *changed;
  size_t changed_count;
  stateferry_sdk_text base_uri; /* directory of _metadata; empty when unknown */
} stateferry_sdk_inverse_context;

/* What takes parameters of a group, and entries of a map. */
typedef void (*stateferry_sdk_declare)(void *user, stateferry_sdk_params *params);
typedef void (*stateferry_sdk_each_entry)(void *user, const stateferry_sdk_entry_of_map *entry);

/* What the host does for a plugin. Functions return nothing, or 1 for yes and 0 for no. All may be
 * called only with the params or call that the plugin was given, before that call returns. */
typedef struct stateferry_sdk_host {
  uint32_t struct_size; /* of the host's own struct */
  uint32_t sdk;         /* STATEFERRY_SDK_VERSION of the host */

  /* --- parameters: each is named once, and described, checked and bound by that ---------------
   * `value` holds the default at the call, and what was given afterwards; on a problem, which the
   * host tells with file, line and column, and while the host only asks what parameters there are
   * it stays as it was. Texts that were given live as long as the instance. `help` is a sentence
   * without a full stop. */
  void (*text)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text help,
               int32_t required, stateferry_sdk_text *value);
  void (*integer)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text help,
                  int32_t required, int64_t *value);
  void (*boolean)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text help,
                  int32_t required, int32_t *value);
  /* An absolute URI prefix such as s3://bucket/dir, brought into Flink's form, without a slash at
   * its end. One that is not required has no default. */
  void (*uri_prefix)(stateferry_sdk_params *params, stateferry_sdk_text name,
                     stateferry_sdk_text help, int32_t required, stateferry_sdk_text *value);
  /* One of several words. */
  void (*one_of)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text help,
                 int32_t required, const stateferry_sdk_text *allowed, size_t allowed_count,
                 stateferry_sdk_text *value);
  /* A list of texts; one text counts as a list. A required one is not empty. */
  void (*list)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text help,
               int32_t required, const stateferry_sdk_text **values, size_t *count);
  /* A map from text to text, in the order of the file; `each` is called for each entry when all
   * are good. A required one is not empty. */
  void (*map)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text help,
              int32_t required, stateferry_sdk_each_entry each, void *user);
  /* A map from URI prefix to URI prefix, each as of uri_prefix; required, not empty, and no key
   * stands there twice. */
  void (*uri_prefix_map)(stateferry_sdk_params *params, stateferry_sdk_text name,
                         stateferry_sdk_text help, stateferry_sdk_each_entry each, void *user);
  /* A nested map, whose members `declare` names on the params that it is given. Not called when
   * the group is not given. */
  void (*group)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text help,
                int32_t required, stateferry_sdk_declare declare, void *user);
  /* A list of nested maps: `declare` is called for each. */
  void (*group_list)(stateferry_sdk_params *params, stateferry_sdk_text name,
                     stateferry_sdk_text help, int32_t required, stateferry_sdk_declare declare,
                     void *user);
  /* Declares a hazard; whether the rule file accepts it (`accept`). */
  int32_t (*hazard)(stateferry_sdk_params *params, stateferry_sdk_text name,
                    stateferry_sdk_text help);
  /* Whether this parameter was given. */
  int32_t (*given)(const stateferry_sdk_params *params, stateferry_sdk_text name);
  /* Reports a problem at the value of a parameter. `code` is one of stateferry's (E-RULE-…); an
   * empty one is E-RULE-VALUE. `hint` says what to do and may be empty. */
  void (*error)(stateferry_sdk_params *params, stateferry_sdk_text name, stateferry_sdk_text code,
                stateferry_sdk_text message, stateferry_sdk_text hint);
  /* The same at a place of an entry of a map. */
  void (*error_at)(stateferry_sdk_params *params, uint32_t place, stateferry_sdk_text code,
                   stateferry_sdk_text message, stateferry_sdk_text hint);
  /* Reports unknown and missing parameters. Whether values were bound and nothing was wrong: only
   * then may anything be derived from them. */
  int32_t (*finish)(stateferry_sdk_params *params);

  /* --- calls -----------------------------------------------------------------------------------
   * Says why a call returns STATEFERRY_SDK_FAILED: that stops the run. Code and hint as in error.
   */
  void (*fail)(stateferry_sdk_call *call, stateferry_sdk_text code, stateferry_sdk_text message,
               stateferry_sdk_text hint);
  /* In moves(): what lies at or below `from` goes below `to`; `s3a:` stands for all URIs of that
   * scheme. */
  void (*move)(stateferry_sdk_call *call, stateferry_sdk_text from, stateferry_sdk_text to);
  /* In inverse(): the step that undoes this one, by its full name; its parameters, in the order
   * and nesting of the calls (in a list, `key` is empty); and a hazard that it must accept. */
  void (*step_uses)(stateferry_sdk_call *call, stateferry_sdk_text full_name);
  void (*step_text)(stateferry_sdk_call *call, stateferry_sdk_text key, stateferry_sdk_text value);
  void (*step_begin_map)(stateferry_sdk_call *call, stateferry_sdk_text key);
  void (*step_begin_list)(stateferry_sdk_call *call, stateferry_sdk_text key);
  void (*step_end)(stateferry_sdk_call *call);
  void (*step_accept)(stateferry_sdk_call *call, stateferry_sdk_text hazard);
  /* In inverse(): why there is no such step; a sentence without a full stop. */
  void (*no_inverse)(stateferry_sdk_call *call, stateferry_sdk_text reason);
} stateferry_sdk_host; /* end: members of later versions stand above this line */

/* A transform or an assertion. Functions that are not marked as optional must be there for the
 * kind; those of the other kind are null. */
typedef struct stateferry_sdk_transform {
  uint32_t struct_size;
  int32_t kind;                /* stateferry_sdk_kind */
  stateferry_sdk_text name;    /* the full one: acme.tenant */
  stateferry_sdk_text summary; /* a sentence without a full stop */

  /* A new instance; null when there is no memory. `transform` is this struct, so that what is kept
   * behind it can be reached. */
  void *(*create)(const struct stateferry_sdk_transform *transform);
  /* Ends an instance. */
  void (*destroy)(void *instance);
  /* Names the parameters and takes their values. Called once for an instance. */
  void (*configure)(void *instance, stateferry_sdk_params *params);

  /* Of STATEFERRY_SDK_URI. `uri` is the text in the form that Flink writes, and so must the result
   * be, which goes to `call->out`. Returns UNMATCHED, ALREADY, CHANGED or FAILED. */
  int32_t (*apply)(const void *instance, stateferry_sdk_text uri, stateferry_sdk_call *call);
  /* Optional. The same of every text that is `directory` (which ends with '/') followed by one
   * more name; the result is what stands in the place of `directory`, and ends with '/' too.
   * Returns DIFFERS when such texts differ in what becomes of them. Worth answering, since
   * snapshots hold many files in few directories. */
  int32_t (*apply_directory)(const void *instance, stateferry_sdk_text directory,
                             stateferry_sdk_call *call);
  /* Optional. Calls `move` for each prefix that the step moves, and returns 1, where prefixes can
   * say all that it does; else returns 0. */
  int32_t (*moves)(const void *instance, stateferry_sdk_call *call);
  /* Optional. Whether two different texts that the step changes always get different texts: 1 saves
   * the host the comparison of all results. */
  int32_t (*injective)(const void *instance);
  /* Optional. Calls step_uses and the others, or no_inverse. */
  void (*inverse)(const void *instance, const stateferry_sdk_inverse_context *context,
                  stateferry_sdk_call *call);

  /* Of STATEFERRY_SDK_ASSERTION. Whether this location is one that counts: YES, NO or FAILED. */
  int32_t (*matches)(const void *instance, stateferry_sdk_text uri, stateferry_sdk_call *call);
  /* Optional. The same of every text that is `directory` followed by one more name; or DIFFERS. */
  int32_t (*matches_directory)(const void *instance, stateferry_sdk_text directory,
                               stateferry_sdk_call *call);
  /* Optional. The same of an inline handle, by its name (empty for inline state without a handle)
   * and the bytes behind it; or DEFAULT: whether matches() holds of the name or of a URI in the
   * bytes. */
  int32_t (*matches_inline)(const void *instance, stateferry_sdk_text name,
                            stateferry_sdk_text state, stateferry_sdk_call *call);
  /* Whether a matching location is the fault (1), or one that doesn't match (0). */
  int32_t (*matching_is_fault)(const void *instance);
  /* Puts the complaint over the whole snapshot into `call->out`, or nothing when all is well. Of
   * `selected` locations `matching` matched. Returns 0 or FAILED. */
  int32_t (*verdict)(const void *instance, uint64_t selected, uint64_t matching,
                     stateferry_sdk_call *call);
} stateferry_sdk_transform; /* end: members of later versions stand above this line */

/* What the entry function returns. */
typedef struct stateferry_sdk_module {
  uint32_t struct_size;
  uint32_t sdk;                /* STATEFERRY_SDK_VERSION of the plugin */
  stateferry_sdk_text name;    /* as in the file name: acme */
  stateferry_sdk_text version; /* of the plugin, such as 1.2.0; rule files can ask for a range */
  size_t transform_count;
  const stateferry_sdk_transform *const *transforms;
} stateferry_sdk_module; /* end: members of later versions stand above this line */

/* What a plugin exports. Returns null when it can't be used. */
STATEFERRY_SDK_EXPORT const stateferry_sdk_module *stateferry_sdk_entry(void);

/* Puts an answer's text into a call. What doesn't fit is left out, and told by the host. */
static inline void stateferry_sdk_put(stateferry_sdk_call *call, const char *data, size_t size) {
  if (size <= call->out_capacity && call->out_size <= call->out_capacity - size && size > 0) {
    memcpy(call->out + call->out_size, data, size);
  }
  call->out_size += size;
}

#ifdef __cplusplus
}
#endif

#endif /* STATEFERRY_SDK_TRANSFORM_H */
