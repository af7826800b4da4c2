#include "support/report_page.hpp"

// The assembler reads the file, and what came of it lies among the constants: nothing is done with
// it before somebody asks.
__asm__(
    ".pushsection .rodata.stateferry_report_page, \"a\", @progbits\n"
    ".hidden stateferry_report_page\n"
    ".hidden stateferry_report_page_end\n"
    ".global stateferry_report_page\n"
    ".global stateferry_report_page_end\n"
    "stateferry_report_page:\n"
    ".incbin \"" STATEFERRY_REPORT_PAGE
    "\"\n"
    "stateferry_report_page_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char stateferry_report_page[];
extern const char stateferry_report_page_end[];
}

namespace stateferry::cli {

std::string_view report_page_frame() {
  return {stateferry_report_page,
          static_cast<std::size_t>(stateferry_report_page_end - stateferry_report_page)};
}

}  // namespace stateferry::cli
