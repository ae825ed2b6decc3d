@echo off
rem Trains the network. Further arguments are passed on. Untested.
setlocal
cd /d "%~dp0"
call ..\..\find_program.bat flexunet-train || exit /b 2
"%FLEXUNET_PROGRAM%" train_eval_infer.config %*
