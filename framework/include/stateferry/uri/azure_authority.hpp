// Where a URI of Azure's storage leads: `container@account.dfs.core.windows.net` and its kin.
#pragma once

#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// Whether `scheme` is one of the four that mean Azure's storage: abfs, abfss, wasb, wasbs.
STATEFERRY_API bool is_azure_scheme(std::string_view scheme) noexcept;

/// The parts of such a URI's authority. The views are into the text that was split.
struct AzureAuthority {
  std::string_view container;  ///< before the '@'; all of it without one
  std::string_view host;       ///< behind the '@', with a port if there is one; may be empty
  std::string account;         ///< in small letters; empty where `cloud` is
  /// The cloud that the host belongs to, such as `core.windows.net`; empty for any other host. Not
  /// a view into the text.
  std::string_view cloud;
};
STATEFERRY_API AzureAuthority split_azure_authority(std::string_view authority);

/// One text for all that lead to one container: the host in small letters, without a dot at its end
/// and the ports 80 and 443, with `dfs` where it says `blob`.
STATEFERRY_API std::string canonical_azure_authority(std::string_view authority);

/// `authority` as this scheme's driver wants it: `blob` in the host for wasb and wasbs, else `dfs`.
/// A host that has neither stays.
STATEFERRY_API std::string azure_authority_for(std::string_view authority, std::string_view scheme);

}  // namespace stateferry
