// What libstateferry.so shows to the outside.
//
// Everything is compiled with hidden visibility. A class or function that plugins or the host use
// across the library boundary carries STATEFERRY_API; header-only templates need none. Exception
// types and classes with virtual functions must carry it too, so that there is one vtable and one
// type_info in the process, whoever throws or derives.
#pragma once

#define STATEFERRY_API __attribute__((visibility("default")))
