#include <fmt/format.h>

#include <string>

#include "apps/console.h"
#include "apps/program.h"
#include "flexunet/base/text.h"
#include "generator/phantom.h"

namespace flexunet {
namespace {

void add_phantom_options(CLI::App& app, PhantomRequest& request) {
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
        return is_unsigned_number(text) ? "" : "must be a whole number from 0 to 2^64-1";
      })
      ->capture_default_str();
  app.add_flag("--force", request.force, "Write into a folder that is not empty");
}

void make_phantoms(const PhantomRequest& request) {
  write_phantoms(request);
  say(fmt::format("{}: {} pairs of {}x{} pixels, seed {}", request.out.string(), request.count,
                  request.size, request.size, request.seed));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  PhantomRequest request;
  ProgramInfo info{"flexunet-phantom",
                   "Writes synthetic knee MRI slices with bone masks, split into train, valid and "
                   "test:\nOUT/{train,valid,test}/{images,masks}/10001.png ...",
                   "flexunet-phantom dataset/Phantom --count 60 --size 128 --seed 137\n\n"
                   "In the config: rgb_map = {(0,0,0):0, (128,40,40):1}, num_classes = 2"};
  info.config_option = "";
  return run_program(
      info, argc, argv, [&](CLI::App& app, Arguments&) { add_phantom_options(app, request); },
      [&](const Arguments&) { make_phantoms(request); });
}
