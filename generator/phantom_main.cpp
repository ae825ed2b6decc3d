#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/text.h"
#include "generator/phantom.h"

namespace {

int run(int argc, char** argv) {
  flexunet::PhantomRequest request;
  CLI::App app(
      "Writes synthetic knee MRI slices with bone masks, split into train, valid and test:\n"
      "OUT/{train,valid,test}/{images,masks}/10001.png ...");
  app.footer(
      "Example:\n  flexunet-phantom dataset/Phantom --count 60 --size 128 --seed 137\n\n"
      "In the config: rgb_map = {(0,0,0):0, (128,40,40):1}, num_classes = 2");
  app.set_version_flag("--version", "flexunet-phantom " FLEXUNET_VERSION);
  app.add_option("OUT", request.out, "New or empty folder")->type_name("FOLDER")->required();
  app.add_option("--count", request.count, "Number of pairs, at least 10")
      ->type_name("IMAGES")
      ->capture_default_str();
  app.add_option("--size", request.size, "Width and height in pixels")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", request.seed, "The same seed gives the same files")
      ->type_name("N")
      ->check([](const std::string& text) {
        return flexunet::is_unsigned_number(text) ? "" : "must be a whole number from 0 to 2^64-1";
      })
      ->capture_default_str();
  app.add_flag("--force", request.force, "Write into a folder that is not empty");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_text = app.exit(error) == 0;
    return static_cast<int>(asked_for_text ? flexunet::ExitCode::kDone
                                           : flexunet::ExitCode::kConfig);
  }
  flexunet::write_phantoms(request);
  fmt::print("{}: {} pairs of {}x{} pixels, seed {}\n", request.out.string(), request.count,
             request.size, request.size, request.seed);
  return static_cast<int>(flexunet::ExitCode::kDone);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const flexunet::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "bug: {}\n", error.what());
    return static_cast<int>(flexunet::ExitCode::kBug);
  }
}
