// files: whole files in and out, written so that a kill or a full disk leaves the old file or the new one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug {

namespace fs = std::filesystem;

// Every byte of a regular file. Errors: Exit::io naming the file and the system's reason.
Result<std::string> read_file(const fs::path& file);

// Writes a sibling temporary file, fsyncs it, renames it over `file` and fsyncs the directory.
// The parent directory is made when missing. On failure `file` is untouched and the temporary file is gone.
Status write_file(const fs::path& file, std::string_view bytes, unsigned mode = 0644);

// The same without the fsyncs and the rename, for what can be derived again (build files, plots).
Status write_unsynced(const fs::path& file, std::string_view bytes);

// Appends one whole record with a single write() and fsyncs it (ledger, journal).
Status append_line(const fs::path& file, std::string_view line);

// fsync of a file or directory that is already there.
Status sync_path(const fs::path& path);

// A directory `parent/prefix.XXXXXX` nobody else has; mode 0700.
Result<fs::path> make_temporary_directory(const fs::path& parent, std::string_view prefix);

// $TMPDIR, or /tmp. Errors: Exit::io when it is no directory.
Result<fs::path> directory_for_temporaries();

// Sets the modification time of everything below and of the directory itself; a symlink's own, and nothing
// behind it. What has it already is not touched, so that a second call leaves alone the change time that
// git's index remembers; what has gone meanwhile is left out.
Status set_times(const fs::path& directory, std::int64_t seconds_since_epoch);

// The modification time of one file, a symlink's own.
Status set_time(const fs::path& file, std::int64_t seconds_since_epoch);

// Removes a tree if it is there; read-only directories inside included.
Status remove_tree(const fs::path& path);

// The lines of a text, each with its newline; the last may have none.
std::vector<std::string_view> lines_of(std::string_view text);

// Lower-case hex of the SHA-256 (FIPS 180-4) of the bytes, 64 characters.
std::string sha256(std::string_view bytes);

// "No space left on device" and its like, for the errno of the call that just failed.
std::string system_reason(int errno_value);

}  // namespace nanobug
